import type {
  DocumentStore,
  EmbedderId,
  KnowledgeBaseId,
  PastQuestion,
  PastQuestions,
  ReceiptId,
} from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { testCall as call } from "../store-fixtures.ts";

export interface PastQuestionsUnderTest extends AsyncDisposable {
  readonly pastQuestions: PastQuestions;
  readonly documents: DocumentStore;
}

const embedderId = "test-embed@1" as EmbedderId;
/** A unit vector of three dimensions, at this angle from the first axis. */
const vectorAt = (degrees: number) => {
  const angle = (degrees * Math.PI) / 180;
  return Float32Array.of(Math.cos(angle), Math.sin(angle), 0);
};

/** @param open - Opens one that keeps four questions of each knowledge base */
export function describePastQuestions(name: string, open: () => Promise<PastQuestionsUnderTest>): void {
  describe(`${name} keeps the PastQuestions contract`, () => {
    const verdict = { provider: "acme", model: "m", task: "answering", weight: 0.5, source: "verdict" } as const;
    const past = (knowledgeBaseId: KnowledgeBaseId, number: number, degrees: number): PastQuestion => ({
      receiptId: `rcp_${String(number).padStart(20, "0")}` as ReceiptId,
      ...{ knowledgeBaseId, embedderId, vector: vectorAt(degrees), atMs: number },
      outcomes: [{ ...verdict, isGood: number % 2 === 0 }],
    });
    const opened = async () => {
      const store = await open();
      const create = (title: string) =>
        store.documents.createKnowledgeBase({ name: title, description: "", settings: {} }, call);
      const [{ id }, { id: other }] = [await create("one"), await create("two")];
      const nearest = async (of: KnowledgeBaseId, degrees: number, more = {}) => {
        const wanted = { knowledgeBaseId: of, embedderId, vector: vectorAt(degrees), limit: 9, similarityMin: 0.5 };
        const found = await store.pastQuestions.nearest({ ...wanted, ...more }, call);
        return found.map(({ atMs }) => atMs);
      };
      return { store, id, other, nearest, note: (each: PastQuestion) => store.pastQuestions.note(each, call) };
    };

    it("gives the nearest first, above the similarity, at most the limit, of that knowledge base and embedder", async () => {
      const { store, id, other, nearest, note } = await opened();
      await using _ = store;
      for (const [number, degrees] of [
        [1, 90],
        [2, 30],
        [3, 10],
      ] as const)
        await note(past(id, number, degrees));
      await note(past(other, 4, 0));
      expect(await nearest(id, 0)).toEqual([3, 2]);
      expect(await nearest(id, 0, { limit: 1 })).toEqual([3]);
      expect(await nearest(id, 0, { similarityMin: -1 })).toEqual([3, 2, 1]);
      expect(await nearest(id, 0, { embedderId: "another@1" })).toEqual([]);
      const [found] = await store.pastQuestions.nearest(
        { knowledgeBaseId: id, embedderId, vector: vectorAt(10), limit: 1, similarityMin: 0 },
        call,
      );
      expect(found?.similarity).toBeCloseTo(1, 6);
      expect(found?.outcomes).toEqual([{ ...verdict, isGood: false }]);
    });

    it("lets the oldest go, of that knowledge base only", async () => {
      const { store, id, other, nearest, note } = await opened();
      await using _ = store;
      await note(past(other, 1, 0));
      for (let number = 2; number <= 7; number += 1) await note(past(id, number, number));
      expect((await nearest(id, 0)).toSorted()).toEqual([4, 5, 6, 7]);
      expect(await nearest(other, 0)).toEqual([1]);
    });

    it("takes a person's word beside the verdict, and a later one in its place", async () => {
      const { store, id, note } = await opened();
      await using _ = store;
      const question = past(id, 2, 0);
      void note(question); // judged while it may still be on its way
      const word = { ...verdict, weight: 3, source: "person" } as const;
      await store.pastQuestions.judge(question.receiptId, { ...word, isGood: true }, call);
      await store.pastQuestions.judge(question.receiptId, { ...word, isGood: false }, call);
      await store.pastQuestions.judge("rcp_of_nobody" as ReceiptId, { ...word, isGood: true }, call);
      const wanted = { knowledgeBaseId: id, embedderId, vector: vectorAt(0), limit: 9, similarityMin: 0 };
      const [found] = await store.pastQuestions.nearest(wanted, call);
      expect(found?.outcomes).toEqual([
        { ...verdict, isGood: true },
        { ...word, isGood: false },
      ]);
    });

    it("gives the outcomes of all that is kept of a knowledge base by one embedder, forecasts with them", async () => {
      const { store, id, other, note } = await opened();
      await using _ = store;
      const outcomesOf = async (of: KnowledgeBaseId, more = {}) => {
        const wanted = { knowledgeBaseId: of, embedderId, vector: vectorAt(0), ...more };
        const found = await store.pastQuestions.outcomes(wanted, call);
        return found.map(({ atMs, outcomes }) => ({ atMs, outcomes })).sort((a, b) => a.atMs - b.atMs);
      };
      expect(await outcomesOf(id)).toEqual([]);
      const foretold = { ...verdict, isGood: true, forecast: { overall: 0.6, near: 0.9 } };
      for (let number = 1; number <= 5; number += 1)
        await note({ ...past(id, number, 40 * number), outcomes: [foretold] });
      await note(past(other, 6, 0));
      expect(await outcomesOf(id)).toEqual([2, 3, 4, 5].map((atMs) => ({ atMs, outcomes: [foretold] })));
      expect(await outcomesOf(other)).toEqual([{ atMs: 6, outcomes: [{ ...verdict, isGood: true }] }]);
      expect(await outcomesOf(id, { embedderId: "another@1" })).toEqual([]);
    });

    it("goes with its knowledge base, also when noted after it, and all at once when cleared", async () => {
      const { store, id, other, nearest, note } = await opened();
      await using _ = store;
      await note(past(id, 1, 0));
      await note(past(other, 2, 0));
      await store.documents.deleteKnowledgeBase(id, call);
      expect(await nearest(id, 0)).toEqual([]);
      await note(past(id, 3, 0));
      await store.pastQuestions.clear(call);
      expect(await nearest(other, 0)).toEqual([]);
      expect(await nearest(id, 0)).toEqual([]);
    });

    it("rejects with the signal's own reason", async () => {
      const { store, id } = await opened();
      await using _ = store;
      const reason = new Error("the reader left");
      await expect(store.pastQuestions.note(past(id, 1, 0), { signal: AbortSignal.abort(reason) })).rejects.toBe(
        reason,
      );
    });
  });
}
