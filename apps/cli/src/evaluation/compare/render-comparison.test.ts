import type { EvaluationRun, PipelineScores } from "@larder/evaluation";
import { compareRuns } from "@larder/evaluation";
import { expect, it } from "vitest";
import { renderComparison } from "./render-comparison.ts";

function runOf(recall: number): EvaluationRun {
  const scoresOf = (pipeline: string): PipelineScores => ({
    pipeline,
    queries: ["q1", "q2"],
    clusters: ["d1", "d2"],
    values: { spanRecallAt5: [recall, recall], precisionAt5: [0.1, 0.1], evidenceRecallAt256: [recall, recall] },
    latencyMs: { p50: 1, p99: 1 },
  });
  const pipelines = [scoresOf("hybrid"), scoresOf("random")];
  const set = { set: "papers", kind: "spans" as const, documents: 2, passages: 4, pipelines, abstention: [] };
  return { retriever: "r", embedder: "e", tokenCounter: "t", machine: "m", measuredAt: "now", sets: [set] };
}

const comparison = compareRuns(runOf(0.5), runOf(0.75));

it("shows the main metrics of Larder's own pipelines with difference, interval and p-value", () => {
  const text = renderComparison(comparison, false);
  expect(text).toMatch(/papers.*hybrid.*spanRecallAt5.*0\.5000.*0\.7500.*\+0\.2500.*\+0\.2500 to \+0\.2500.*< \.001/);
  expect(text).toContain("> 16k");
  expect(text).not.toMatch(/random|precisionAt5/);
});

it("shows everything when asked", () => {
  expect(renderComparison(comparison, true)).toMatch(/random[\s\S]*precisionAt5|precisionAt5[\s\S]*random/);
});
