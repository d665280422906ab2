import type { KnowledgeBaseId, Label, RetrievalQuery } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import type { Candidates } from "./find-candidates.ts";
import { narrow } from "./rank-candidates.ts";
import type { RetrieverSettings } from "./retriever-settings.ts";
import { defaultSettings } from "./retriever-settings.ts";

const hits = (...scores: readonly (readonly [label: number, score: number])[]) =>
  scores.map(([label, score]) => ({ label: label as Label, score }));
const dense = hits([1, 0.1], [2, 0.9], [3, 0.5]);
const lexical = hits([2, 5], [3, 9]);
const query: RetrievalQuery = { knowledgeBaseId: "kb_1" as KnowledgeBaseId, text: "oil", mode: "hybrid", limit: 1 };

function narrowed(settings: RetrieverSettings, change: Partial<Candidates> = {}, of = query) {
  const candidates: Candidates = {
    ...{ dense, lexical, degraded: [], timingsMs: { embed: 0, dense: 0, lexical: 0 } },
    scoreAlso: () => Promise.reject(new Error("nothing is searched for here")),
    ...change,
  };
  const kept = narrow(of, candidates, { ...defaultSettings, ...settings });
  const labelsOf = (some: Candidates["dense"]) => some?.map(({ label }) => label);
  return { dense: labelsOf(kept.dense), lexical: labelsOf(kept.lexical) };
}

describe("narrow", () => {
  it("keeps the best by both scores, on each side that found them", () => {
    expect(narrowed({ candidatesMax: 1 })).toEqual({ dense: [3], lexical: [3] });
    expect(narrowed({ candidatesMax: 2 })).toEqual({ dense: [2, 3], lexical: [2, 3] });
    expect(narrowed({ candidatesMax: 1, denseWeight: 0.7 })).toEqual({ dense: [2], lexical: [2] });
  });

  it("keeps all of one side alone, and all when there are no more than may be read", () => {
    const all = { dense: [1, 2, 3], lexical: [2, 3] };
    expect(narrowed({ candidatesMax: 1 }, {}, { ...query, mode: "dense" })).toEqual(all);
    expect(narrowed({ candidatesMax: 5 })).toEqual(all);
    expect(narrowed({ candidatesMax: 3 })).toEqual(all);
  });

  it("counts both scores alike where tokens have all the weight", () => {
    expect(narrowed({ candidatesMax: 1, denseWeight: 0, lateInteractionWeight: 1 }).dense).toEqual([3]);
  });

  it("goes by words when these have no weight and nothing else took part", () => {
    const many = hits([4, 1], [5, 3], [6, 2]);
    const settings = { candidatesMax: 2, denseWeight: 0.5, lateInteractionWeight: 0.5 };
    const kept = narrow(query, { ...emptyCandidates, lexical: many }, { ...defaultSettings, ...settings });
    expect(kept.dense).toBeUndefined();
    expect(kept.lexical?.map(({ label }) => label)).toEqual([5, 6]);
  });
});

const emptyCandidates: Candidates = {
  ...{ degraded: [], timingsMs: { embed: 0, dense: 0, lexical: 0 } },
  scoreAlso: () => Promise.reject(new Error("nothing is searched for here")),
};
