import { expect, it } from "vitest";
import type { DataSet } from "./data-set.ts";
import { evaluateSpans } from "./evaluate-spans.ts";
import type { Pipeline } from "./pipeline.ts";
import { summariseSpans } from "./summarise-spans.ts";
import { tokenShares } from "./token-share.ts";

const set: DataSet = {
  name: "tiny",
  kind: "spans",
  documents: [{ id: "d", title: "", text: "x".repeat(20_000) }],
  queries: [
    { id: "q1", text: "one" },
    { id: "q2", text: "two" },
  ],
  relevance: new Map(),
  gold: new Map([
    ["q1", [{ documentId: "d", start: 0, end: 1_024 }]],
    ["q2", [{ documentId: "d", start: 0, end: 512 }]],
  ]),
  unanswerable: [],
};

/** Sends the document's beginning, a token a character, as far as the budget goes. */
const beginning: Pipeline = {
  id: "beginning",
  retrieve: async (_, { tokenBudget = 0, pieces }) => ({
    evidence: [{ documentId: "d", start: 0, end: pieces === 5 ? 2_048 : tokenBudget }],
    tokens: () => tokenBudget,
  }),
};

it("scores every budget, and the first five passages apart from them", async () => {
  let now = 0;
  let asked = 0;
  const watch = { nowMs: () => now++, onQuery: () => (asked += 1) };
  const scores = await evaluateSpans(set, beginning, watch, { signal: new AbortController().signal });
  expect(asked).toBe(2);
  expect(scores.clusters).toEqual(["d", "d"]);
  expect(scores.values.evidenceRecallAt256).toEqual([0.25, 0.5]);
  expect(scores.values.evidenceRecallAt512).toEqual([0.5, 1]);
  expect(scores.values.tokensSpentAt512).toEqual([512, 512]);
  expect(scores.values.characterRecallAt5).toEqual([1, 1]);
  expect(scores.values.precisionAt5).toEqual([0.5, 0.25]);
  expect(scores.latencyMs).toEqual({ p50: 1, p99: 1 });
  expect(scores.tokensPerSecond).toBe((2 * 2_048) / 0.002);

  const summary = summariseSpans(scores);
  // .375 at 256, .75 at 512, 1 at 1,024: 80 % is a fifth of the way from 512 to 1,024 in the logarithm
  expect(summary.t80).toBeCloseTo(512 * 2 ** 0.2, 5);
  expect(summary.t90).toBeCloseTo(512 * 2 ** 0.6, 5);
  expect(summary.spent).toEqual({ t80: summary.t80, t90: summary.t90, t95: summary.t95 });
  expect(summary.area.mean).toBeCloseTo((0.5625 + 0.875 + 4) / 6);
});

it("asks a pipeline that chooses its budget once more", async () => {
  const choosing: Pipeline = {
    ...beginning,
    retrieveAuto: async () => ({ evidence: [{ documentId: "d", start: 0, end: 384 }], tokens: () => 384 }),
  };
  const watch = { nowMs: () => 0, onQuery: () => undefined };
  const summary = summariseSpans(await evaluateSpans(set, choosing, watch, { signal: new AbortController().signal }));
  expect(summary.auto).toMatchObject({ recall: { mean: (0.375 + 0.75) / 2 }, tokensSpent: 384 });
  const told = await evaluateSpans(set, beginning, watch, { signal: new AbortController().signal });
  expect(summariseSpans(told).auto).toBeUndefined();
});

it("says of a share that it is an upper bound when the other never gets there", () => {
  const full = (spent: number, ...recalls: readonly number[]) => ({
    pipeline: "p",
    queries: ["q"],
    clusters: ["d"],
    values: Object.fromEntries(
      Array.from({ length: 7 }, (_, i) => recalls[Math.min(i, recalls.length - 1)] ?? 0).flatMap((recall, i) => [
        [`evidenceRecallAt${256 * 2 ** i}`, [recall]] as const,
        [`tokensSpentAt${256 * 2 ** i}`, [spent * 2 ** i]] as const,
      ]),
    ),
    latencyMs: { p50: 0, p99: 0 },
  });
  const [fast, slow, never] = [full(64, 0.5, 0.96), full(256, 0.2, 0.5, 0.96), full(256, 0.1, 0.2, 0.3)];
  const [t80] = tokenShares(fast, slow);
  expect(t80?.share).toBeCloseTo(t80?.interval?.low ?? 0);
  expect(t80?.spentShare).toBeCloseTo((t80?.share ?? 0) / 4);
  expect(t80).toMatchObject({ recall: 0.8, isUpperBound: false });
  expect(tokenShares(fast, never)[0]).toMatchObject({ isUpperBound: true, share: expect.any(Number) });
  expect(tokenShares(never, fast)[0]).toEqual({ recall: 0.8, isUpperBound: false });
});
