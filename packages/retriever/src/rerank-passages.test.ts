import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KnowledgeBaseId, Reranker, RerankerId, RetrievalQuery } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { createKnowledgeBaseIn } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openParts } from "../test/open-parts.ts";
import type { RetrieverSettings } from "./retriever-settings.ts";

const call = { signal: AbortSignal.timeout(60_000) };

let folder: string;
let parts: Awaited<ReturnType<typeof openParts>>;
let knowledgeBaseId: KnowledgeBaseId;
const ask = (change: Partial<RetrievalQuery> = {}): RetrievalQuery => ({
  ...{ knowledgeBaseId, text: "oil of the car", mode: "hybrid", limit: 10 },
  ...change,
});

interface Asked {
  readonly query: string;
  readonly passages: readonly string[];
}

/** Scores by a word, as a logit would be; keeps what it was asked. */
function scoringBy(word: string, asked: Asked[] = []): Reranker {
  return {
    id: `by-${word}@1` as RerankerId,
    passagesPerCallMax: 2,
    async score(query, passages) {
      asked.push({ query, passages });
      return passages.map((passage) => (passage.includes(word) ? 4.5 : -7));
    },
    health: () => ({ name: "reranker", state: "ok", detail: "" }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const retrieve = (reranker: Reranker | undefined, settings: RetrieverSettings = {}, query = ask()) =>
  parts.retriever({ settings, ...(reranker === undefined ? {} : { reranker }) }).retrieve(query, call);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-rerank-"));
  parts = await openParts(folder);
  knowledgeBaseId = await createKnowledgeBaseIn(parts.store.documents);
  await parts.add(knowledgeBaseId, "Car", ["Change the oil of the car every 15,000 kilometres."]);
  await parts.add(knowledgeBaseId, "Kitchen", ["Olive oil goes rancid in the light."]);
  await parts.add(knowledgeBaseId, "Garage", ["The car stands in the garage."]);
  await parts.add(knowledgeBaseId, "Pump", ["Crude oil is pumped from the ground of the sea."]);
});
afterAll(async () => {
  await parts.close();
  await rm(folder, { recursive: true });
});

describe("a retriever with a reranker", () => {
  it("lets the reranker change the order, and says its part in the scores", async () => {
    const plain = await retrieve(undefined);
    const reranked = await retrieve(scoringBy("garage"), { rerankWeight: 0.9 });
    expect(plain.evidence[0]?.text).toContain("kilometres");
    expect(reranked.evidence[0]?.text).toContain("garage");
    expect(reranked.evidence.map(({ scores }) => scores.rerank)).toEqual([1, 0, 0, 0]);
    expect(plain.evidence.filter(({ scores }) => "rerank" in scores)).toEqual([]);
    expect(plain.timingsMs.rerank).toBe(0);
    expect(reranked.timingsMs.total).toBeGreaterThanOrEqual(reranked.timingsMs.rerank);
    expect(reranked.degraded).toEqual([]);
  });

  it("blends by weight: nothing at 0, the reranker alone at 1", async () => {
    const plain = await retrieve(undefined);
    const before = new Map(plain.evidence.map(({ passageId, score }) => [passageId, score]));
    for (const rerankWeight of [0, 0.5, 1]) {
      const { evidence } = await retrieve(scoringBy("garage"), { rerankWeight });
      for (const { passageId, score, scores } of evidence) {
        const expected = (1 - rerankWeight) * (before.get(passageId) ?? Number.NaN);
        expect(score).toBeCloseTo(expected + rerankWeight * (scores.rerank ?? Number.NaN));
      }
    }
  });

  it("shows it the best passages only, in calls of the size it takes, under their titles", async () => {
    const asked: Asked[] = [];
    await retrieve(scoringBy("x", asked), { rerankCandidates: 3 });
    expect(asked.map(({ passages }) => passages.length)).toEqual([2, 1]);
    expect(asked[0]?.query).toBe("oil of the car");
    expect(asked[0]?.passages[0]).toBe("Car\nChange the oil of the car every 15,000 kilometres.");
  });

  it.each([0.1, 0.5, 0.9])("lets nothing that was not read overtake what was, at weight %d", async (rerankWeight) => {
    const plain = await retrieve(undefined);
    const read = new Set(plain.evidence.slice(0, 2).map(({ passageId }) => passageId));
    const { evidence } = await retrieve(scoringBy("kilometres"), { rerankCandidates: 2, rerankWeight });
    expect(evidence.slice(0, 2).map(({ scores }) => scores.rerank)).toEqual([1, 0]);
    expect(new Set(evidence.slice(0, 2).map(({ passageId }) => passageId))).toEqual(read);
    expect(evidence.slice(2).filter(({ scores }) => "rerank" in scores)).toEqual([]);
  });

  it.each(["RERANKER_UNAVAILABLE", "RERANKER_OUTPUT_INVALID", "CHILD_PROCESS_ENDED", "UNEXPECTED"] as const)(
    "leaves results as they were when reranking fails with %s, and says so",
    async (code) => {
      const broken = { ...scoringBy("x"), score: () => Promise.reject(new LarderError(code)) };
      for (const query of [ask(), ask({ tokenBudget: "auto" })]) {
        const { degraded, timingsMs: _, ...rest } = await retrieve(broken, {}, query);
        const { degraded: none, timingsMs: __, ...plain } = await retrieve(undefined, {}, query);
        expect(rest).toEqual(plain);
        expect(none).toEqual([]);
        expect(degraded).toEqual([expect.stringContaining("reranking is unavailable")]);
      }
    },
  );

  it.each([{ scores: [] }, { scores: [1] }, { scores: [Number.NaN, 1] }])(
    "takes the scores $scores of two passages for a failure",
    async ({ scores }) => {
      const broken = { ...scoringBy("x"), score: async () => scores };
      expect((await retrieve(broken)).degraded).toEqual([expect.stringContaining("not finite")]);
    },
  );

  it("does not take a defect for degradation", async () => {
    const defective = { ...scoringBy("x"), score: () => Promise.reject(new TypeError("defect")) };
    await expect(retrieve(defective)).rejects.toThrow("defect");
  });

  it("is not asked when there is nothing to read, nor for one side alone", async () => {
    const asked: Asked[] = [];
    for (const mode of ["dense", "lexical"] as const) await retrieve(scoringBy("car", asked), {}, ask({ mode }));
    const empty = await createKnowledgeBaseIn(parts.store.documents, "empty");
    const { evidence } = await retrieve(scoringBy("car", asked), {}, ask({ knowledgeBaseId: empty }));
    expect(evidence).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("rejects with the signal's own reason when aborted while it reads", async () => {
    const reason = new Error("the reader left");
    const abort = new AbortController();
    const leaving: Reranker = {
      ...scoringBy("x"),
      async score() {
        abort.abort(reason);
        throw new LarderError("RERANKER_UNAVAILABLE");
      },
    };
    const retrieving = parts.retriever({ reranker: leaving }).retrieve(ask(), { signal: abort.signal });
    await expect(retrieving).rejects.toBe(reason);
  });

  it("names the reranker and its settings, which change nothing without one", () => {
    const idOf = (settings: RetrieverSettings, reranker?: Reranker) =>
      parts.retriever({ settings, ...(reranker === undefined ? {} : { reranker }) }).id;
    expect(idOf({ rerankWeight: 0.2 })).toBe(idOf({}));
    const ids = [
      idOf({}),
      idOf({}, scoringBy("a")),
      idOf({}, scoringBy("b")),
      idOf({ rerankWeight: 0.2 }, scoringBy("a")),
      idOf({ rerankCandidates: 9 }, scoringBy("a")),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
