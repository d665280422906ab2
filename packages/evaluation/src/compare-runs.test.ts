import { describe, expect, it } from "vitest";
import { compareRuns } from "./compare-runs.ts";
import type { PipelineScores, SetScores } from "./query-scores.ts";
import type { EvaluationRun } from "./saved-run.ts";
import { parseRun, writeRun } from "./saved-run.ts";
import { macroMeans } from "./summarise-run.ts";

const queries = Array.from({ length: 40 }, (_, i) => `q${i}`);
const clusters = queries.map((_, i) => `d${i % 10}`);
const base = queries.map((_, i) => (i % 5) / 10);

function scoresOf(values: PipelineScores["values"], pipeline = "hybrid"): PipelineScores {
  return { pipeline, queries, clusters, values, latencyMs: { p50: 1, p99: 2 } };
}

function setOf(set: string, ...pipelines: readonly PipelineScores[]): SetScores {
  return { set, kind: "documents", documents: 10, passages: 10, pipelines, abstention: [] };
}

function runOf(...sets: readonly SetScores[]): EvaluationRun {
  return { retriever: "r", embedder: "e", tokenCounter: "o200k", machine: "m", measuredAt: "2026-11-26", sets };
}

const before = runOf(setOf("one", scoresOf({ ndcgAt10: base })), setOf("two", scoresOf({ ndcgAt10: base })));

describe("compareRuns", () => {
  it("sees no difference between a run and itself", () => {
    const { sets, macro } = compareRuns(before, before);
    expect(sets.map(({ set, queries: count }) => [set, count])).toEqual([
      ["one", 40],
      ["two", 40],
    ]);
    expect(sets[0]?.metrics[0]?.difference).toMatchObject({ mean: 0, low: 0, high: 0, p: 1 });
    expect(macro[0]).toMatchObject({ metric: "ndcgAt10", sets: 2, difference: { mean: 0, p: 1 } });
  });

  it("pairs by the query's id, whatever the order, and takes the second less the first", () => {
    const turned: PipelineScores = {
      ...scoresOf({ ndcgAt10: base.map((value) => value + 0.1).toReversed() }),
      queries: queries.toReversed(),
      clusters: clusters.toReversed(),
    };
    const { sets } = compareRuns(before, runOf(setOf("one", turned)));
    expect(sets[0]?.metrics[0]?.difference.mean).toBeCloseTo(0.1);
    expect(sets[0]?.metrics[0]?.difference.low).toBeCloseTo(0.1);
    expect(sets[0]?.metrics[0]?.difference.p).toBe(0);
  });

  it("compares the tokens for a recall, with an interval", () => {
    const recallAt = (shares: readonly number[]) =>
      Object.fromEntries(
        shares.map((share, i) => [`evidenceRecallAt${256 * 2 ** i}`, queries.map(() => share)] as const),
      );
    const a = runOf(setOf("one", scoresOf(recallAt([0.2, 0.4, 0.75, 0.92, 0.92, 0.92, 0.92]))));
    const b = runOf(setOf("one", scoresOf(recallAt([0.4, 0.75, 0.92, 0.92, 0.92, 0.92, 0.92]))));
    const [t80, t90, t95] = compareRuns(a, b).sets[0]?.tokens ?? [];
    expect(t80?.ratio?.mean).toBeCloseTo(0.5);
    expect(t90?.ratio?.low).toBeCloseTo(0.5);
    expect(t90?.ratio?.high).toBeCloseTo(0.5);
    expect(t95).toEqual({ recall: 0.95 });
  });

  it("refuses runs that share nothing", () => {
    const other = runOf(setOf("three", scoresOf({ ndcgAt10: base })));
    expect(() => compareRuns(before, other)).toThrow(expect.objectContaining({ code: "EVALUATION_FILE_INVALID" }));
  });
});

describe("parseRun", () => {
  it("reads what writeRun wrote", () => {
    expect(parseRun(writeRun(before), "a.json")).toEqual(before);
  });

  const written = JSON.parse(writeRun(before));
  it.each([
    { what: "what is not JSON", text: "{" },
    { what: "another format", text: JSON.stringify({ ...written, format: "other@1" }) },
    { what: "a run without sets", text: JSON.stringify({ ...written, sets: undefined }) },
    { what: "a list", text: "[]" },
    {
      what: "a column of another length",
      text: JSON.stringify({ ...written, sets: [setOf("one", scoresOf({ ndcgAt10: [1] }))] }),
    },
    {
      what: "a value that is no number",
      text: writeRun(before).replace("0.1", "null"),
    },
  ])("refuses $what, naming the file", ({ text }) => {
    expect(() => parseRun(text, "a.json")).toThrow(
      expect.objectContaining({
        code: "EVALUATION_FILE_INVALID",
        details: { file: "a.json", problem: expect.stringMatching(/\S/) },
      }),
    );
  });
});

it("means over sets, each counting the same, with a headline for both kinds", () => {
  const spans: SetScores = { ...setOf("long", scoresOf({ spanRecallAt5: queries.map(() => 1) })), kind: "spans" };
  const means = macroMeans([setOf("one", scoresOf({ ndcgAt10: queries.map(() => 0.5) })), spans]);
  expect(means.find(({ metric }) => metric === "headline")).toMatchObject({ mean: 0.75, sets: ["one", "long"] });
  expect(macroMeans([])).toEqual([]);
});
