import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EvaluationRun, SetScores } from "@larder/evaluation";
import { mean, summariseSpans } from "@larder/evaluation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runEvaluation } from "./run-evaluation.ts";
import type { StageProgress } from "./stage-progress.ts";

/**
 * Samples of sets that together take under two minutes on two cores. A floor is what the pipeline reached on the same
 * sample on 2026-11-27, less two points: room for another processor's arithmetic, not for a worse pipeline.
 */
const queriesMax = 100;
const ndcgFloors = {
  "hotpotqa-100": 0.858,
  "claude-docs": 0.775,
  "codebase-chunks": 0.705,
  "xquad-zh": 0.943,
} as const;
const spansFoundFloors = { "chroma-chunking": 0.873, "covid-qa": 0.79 } as const;
/** Evidence recall at 1,024 tokens: the middle of the curve, where packing matters most. */
const evidenceRecallFloors = { "chroma-chunking": 0.86, "covid-qa": 0.81 } as const;

const silent: StageProgress = { during: async (_stage, _total, act) => act(() => undefined) };
const call = { signal: AbortSignal.timeout(580_000) };
let cacheFolder: string;
let run: EvaluationRun;

beforeAll(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), "larder-gate-"));
  const data = join(process.env.LARDER_SHARED_DIR ?? "../shared", "eval");
  const sets = [...Object.keys(ndcgFloors), ...Object.keys(spansFoundFloors)];
  const options = { data, sets, modes: ["hybrid"], queriesMax, hasBaselines: false, cacheFolder };
  run = await runEvaluation(options, {}, silent, call);
}, 590_000);

afterAll(() => rm(cacheFolder, { recursive: true, force: true }));

function setNamed(name: string): SetScores {
  const found = run.sets.find(({ set }) => set === name);
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
}

function valuesOf(name: string, metric: string): readonly number[] {
  return setNamed(name).pipelines[0]?.values[metric] ?? [];
}

describe("hybrid search with the defaults", () => {
  it.each(Object.entries(ndcgFloors))("ranks the documents of %s with nDCG@10 of %d at least", (name, floor) => {
    expect(mean(valuesOf(name, "ndcgAt10"))).toBeGreaterThanOrEqual(floor);
  });

  it.each(Object.entries(spansFoundFloors))("finds the spans of %s in five pieces: %d at least", (name, floor) => {
    expect(mean(valuesOf(name, "spanRecallAt5"))).toBeGreaterThanOrEqual(floor);
  });

  it.each(Object.entries(evidenceRecallFloors))("packs the evidence of %s: %d at 1,024 tokens", (name, floor) => {
    expect(mean(valuesOf(name, "evidenceRecallAt1024"))).toBeGreaterThanOrEqual(floor);
  });

  it("never has less evidence for more tokens by more than packing explains", () => {
    for (const name of Object.keys(evidenceRecallFloors)) {
      const [scores] = setNamed(name).pipelines;
      const recalls = scores === undefined ? [] : summariseSpans(scores).curve.map(({ recall }) => recall.mean);
      for (const [i, recall] of recalls.entries()) {
        expect(recall, `${name}: ${recalls.join(", ")}`).toBeGreaterThanOrEqual((recalls[i - 1] ?? 0) - 0.02);
      }
    }
  });
});
