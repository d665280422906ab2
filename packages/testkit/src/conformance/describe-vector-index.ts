import type { IndexOperation, KnowledgeBaseId, VectorIndex } from "@larder/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addOf, clusteredVectors, deleteOf, seededRandom } from "../vector-model.ts";
import { expectHonestDurableSequence } from "./durable-sequence.ts";
import { expectToSurvive } from "./survive-crashes.ts";
import { VectorIndexJudge } from "./vector-index-judge.ts";

export interface VectorIndexUnderTest extends AsyncDisposable {
  readonly index: VectorIndex;
  /** Closes the index and opens it again on what it kept. Absent when the adapter keeps nothing. */
  readonly reopen?: () => Promise<VectorIndex>;
  /** Ends what serves the index in the middle of whatever it does, as a crash would. Absent where nothing can be. */
  readonly crash?: () => void;
}

export interface VectorIndexConformance {
  /** Smallest mean share of the true ten nearest that is found. @defaultValue 1: exact */
  readonly recallMin?: number;
  /** Vectors in the large tests. @defaultValue 400 */
  readonly vectors?: number;
  /** Resolves when the adapter answers in its final way, such as by a finished graph. */
  readonly settle?: (index: VectorIndex, collection: KnowledgeBaseId) => Promise<void>;
}

const dimensions = 20; // no power of two: rows that are padded show their mistakes
const call = { signal: new AbortController().signal };
const kb = "kb_conformance0" as KnowledgeBaseId;
const other = "kb_conformance1" as KnowledgeBaseId;

/** The collections that the suite writes to, for adapters that share one index between its tests. */
export const vectorIndexCollections: readonly KnowledgeBaseId[] = [kb, other];

/** The VectorIndex contract. Every adapter runs it; the oracle is a map and a sort. */
export function describeVectorIndex(
  name: string,
  open: (dimensions: number) => Promise<VectorIndexUnderTest>,
  { recallMin = 1, vectors: vectorCount = 400, settle = async () => undefined }: VectorIndexConformance = {},
): void {
  describe(`${name} keeps the VectorIndex contract`, () => {
    let subject: VectorIndexUnderTest;
    let index: VectorIndex;
    let judge: VectorIndexJudge;

    beforeEach(async () => {
      subject = await open(dimensions);
      index = subject.index;
      judge = new VectorIndexJudge(index, kb, call);
    });
    afterEach(() => subject[Symbol.asyncDispose]());

    const vectors = clusteredVectors(vectorCount, dimensions, seededRandom(7));
    const queries = clusteredVectors(20, dimensions, seededRandom(8));
    const vectorAt = (i: number): Float32Array => vectors[i % vectors.length] ?? new Float32Array(dimensions);
    const axis = (i: number): Float32Array => new Float32Array(dimensions).fill(1, i, i + 1);
    const adds = (count: number): IndexOperation[] =>
      Array.from({ length: count }, (_, i) => addOf(i + 1, i + 1, vectorAt(i)));

    const apply = (operations: readonly IndexOperation[]) => judge.apply(operations);
    const search = (query: Float32Array, limit: number, allowed?: readonly number[]) =>
      judge.search(query, limit, allowed);
    const expectSameAsModel = (limit: number, allowed?: readonly number[]) =>
      judge.expectSame(queries, recallMin, limit, allowed);

    it("knows nothing of a collection that was never written", async () => {
      expect(await index.search(kb, axis(0), { limit: 3 }, call)).toEqual({ hits: [], appliedSequence: 0 });
      expect(await index.status(kb, call)).toMatchObject({ kind: "exact", count: 0, appliedSequence: 0 });
      await index.apply(kb, [], { after: 0 }, call);
      await index.checkpoint(kb, call);
      await index.drop(kb, call);
      expect((await index.status(kb, call)).appliedSequence).toBe(0);
    });

    it("finds the one vector that it holds, by its direction and not its length", async () => {
      await apply([addOf(1, 1, axis(3))]);
      const long = axis(3).map((value) => value * 1e18);
      expect(await search(long, 10)).toEqual([{ label: 1, score: expect.closeTo(1, 6) }]);
      expect(await search(axis(4), 10)).toEqual([{ label: 1, score: expect.closeTo(0, 6) }]);
      const opposite = axis(3).map((value) => -value * 1e-20);
      expect(await search(opposite, 10)).toEqual([{ label: 1, score: expect.closeTo(-1, 6) }]);
    });

    it("accepts the smallest and the greatest label", async () => {
      await apply([addOf(1, 1, axis(0)), addOf(2, 4_294_967_294, axis(1))]);
      expect((await search(axis(1), 1))[0]?.label).toBe(4_294_967_294);
    });

    it("finds the nearest of many, scored by their true cosine", async () => {
      await apply(adds(vectorCount));
      await settle(index, kb);
      await expectSameAsModel(10);
      await expectSameAsModel(1);
    });

    it("gives all it has when more are wanted", async () => {
      await apply(adds(30));
      await expectSameAsModel(1_000_000);
    });

    it("tells which operation its hits take into account", async () => {
      await apply([addOf(5, 1, axis(0)), addOf(9, 2, axis(1))]);
      expect((await index.search(kb, axis(0), { limit: 1 }, call)).appliedSequence).toBe(9);
      expect(await index.status(kb, call)).toMatchObject({ count: 2, appliedSequence: 9 });
    });

    it("replaces the vector of a label that is added again", async () => {
      await apply([addOf(1, 1, axis(0)), addOf(2, 2, axis(1))]);
      await apply([addOf(3, 1, axis(2))]);
      expect((await search(axis(0), 1))[0]?.score).toBeCloseTo(0, 6);
      expect(await search(axis(2), 1)).toEqual([{ label: 1, score: expect.closeTo(1, 6) }]);
      expect((await index.status(kb, call)).count).toBe(2);
    });

    it("never returns a label that was deleted, until it is added again", async () => {
      await apply(adds(50));
      await apply([deleteOf(51, 7), deleteOf(52, 50), deleteOf(53, 1)]);
      expect((await search(vectorAt(6), 50)).map((hit) => hit.label)).not.toContain(7);
      await expectSameAsModel(50);
      await apply([addOf(54, 7, vectorAt(6))]);
      expect((await search(vectorAt(6), 1))[0]?.label).toBe(7);
    });

    it("becomes empty when everything is deleted", async () => {
      await apply(adds(3));
      await apply([deleteOf(4, 1), deleteOf(5, 2), deleteOf(6, 3)]);
      expect(await search(axis(0), 5)).toEqual([]);
      expect(await index.status(kb, call)).toMatchObject({ count: 0, appliedSequence: 6 });
    });

    it("takes a delete of an unknown label for done", async () => {
      await apply([addOf(1, 1, axis(0)), deleteOf(2, 99)]);
      expect(await index.status(kb, call)).toMatchObject({ count: 1, appliedSequence: 2 });
    });

    it("skips operations that it has seen, so that a repeated call changes nothing", async () => {
      const operations = [addOf(1, 1, axis(0)), deleteOf(2, 1), addOf(3, 2, axis(1))];
      await apply(operations);
      await apply(operations);
      await apply([addOf(2, 3, axis(2)), addOf(4, 4, axis(3)), addOf(4, 5, axis(4))]);
      expect((await search(axis(0), 9)).map((hit) => hit.label).toSorted()).toEqual([2, 4]);
      expect(await index.status(kb, call)).toMatchObject({ count: 2, appliedSequence: 4 });
    });

    it("refuses operations when it lacks those before them, and applies nothing", async () => {
      await apply([addOf(1, 1, axis(0)), addOf(4, 2, axis(1))]);
      const behind = index.apply(kb, [addOf(9, 3, axis(2))], { after: 7 }, call);
      await expect(behind).rejects.toMatchObject({ code: "INDEX_BEHIND", retryable: true });
      await expect(index.apply(other, [addOf(2, 1, axis(0))], { after: 1 }, call)).rejects.toMatchObject({
        code: "INDEX_BEHIND",
      });
      expect(await index.status(kb, call)).toMatchObject({ count: 2, appliedSequence: 4 });
      await index.apply(kb, [addOf(9, 3, axis(2))], { after: 4 }, call);
      expect(await index.status(kb, call)).toMatchObject({ count: 3, appliedSequence: 9 });
    });

    it.each([
      { what: "NaN", vector: axis(0).fill(Number.NaN, 5, 6) },
      { what: "infinity", vector: axis(0).fill(Number.NEGATIVE_INFINITY, 5, 6) },
      { what: "only zeros", vector: new Float32Array(dimensions) },
      { what: "too few numbers", vector: new Float32Array(dimensions - 1).fill(1) },
      { what: "too many numbers", vector: new Float32Array(dimensions + 1).fill(1) },
      { what: "no numbers", vector: new Float32Array(0) },
    ])("refuses a vector of $what and applies nothing of that call", async ({ vector }) => {
      await apply([addOf(1, 1, axis(0))]);
      const operations = [addOf(2, 2, axis(1)), deleteOf(3, 1), addOf(4, 3, vector)];
      await expect(index.apply(kb, operations, { after: 0 }, call)).rejects.toMatchObject({
        code: "INDEX_VECTOR_INVALID",
      });
      await expect(search(vector, 1)).rejects.toMatchObject({ code: "INDEX_VECTOR_INVALID" });
      expect(await index.status(kb, call)).toMatchObject({ count: 1, appliedSequence: 1 });
      expect((await search(axis(1), 9)).map((hit) => hit.label)).toEqual([1]);
    });

    it.each([0, -1, 1.5, 4_294_967_295, Number.NaN])("refuses %d as a label", async (label) => {
      await expect(index.apply(kb, [addOf(1, label, axis(0))], { after: 0 }, call)).rejects.toMatchObject({
        code: "UNEXPECTED",
      });
      expect((await index.status(kb, call)).count).toBe(0);
    });

    it("gives ties to the smaller label", async () => {
      const order = [9, 3, 7, 1, 8, 2];
      await apply(order.map((label, i) => addOf(i + 1, label, axis(0))));
      await apply([deleteOf(7, 3), addOf(8, 4, axis(0))]);
      expect((await search(axis(0), 4)).map((hit) => hit.label)).toEqual([1, 2, 4, 7]);
    });

    it.each([
      { share: "all", step: 1 },
      { share: "a tenth", step: 10 },
      { share: "a hundredth", step: 100 },
    ])("finds the nearest among $share of the labels", async ({ step }) => {
      await apply(adds(vectorCount));
      await settle(index, kb);
      const allowed = Array.from({ length: vectorCount }, (_, i) => i + 1).filter((label) => label % step === 0);
      await expectSameAsModel(10, [...allowed, 1_000_000]); // a label that it does not hold changes nothing
    });

    it("finds nothing when no label is allowed", async () => {
      await apply(adds(10));
      expect(await search(axis(0), 10, [])).toEqual([]);
      expect(await search(axis(0), 10, [99])).toEqual([]);
    });

    it("keeps collections apart", async () => {
      await apply([addOf(1, 1, axis(0))]);
      await index.apply(other, [addOf(1, 2, axis(0))], { after: 0 }, call);
      expect((await search(axis(0), 5)).map((hit) => hit.label)).toEqual([1]);
      await index.drop(other, call);
      expect((await search(axis(0), 5)).map((hit) => hit.label)).toEqual([1]);
    });

    it("starts from nothing after a drop", async () => {
      await apply(adds(5));
      await index.checkpoint(kb, call);
      await index.drop(kb, call);
      expect(await index.status(kb, call)).toMatchObject({ count: 0, appliedSequence: 0 });
      await index.apply(kb, [addOf(1, 9, axis(0))], { after: 0 }, call);
      expect((await search(axis(0), 5)).map((hit) => hit.label)).toEqual([9]);
    });

    it("stays right while half of it is replaced and deleted", async () => {
      await apply(adds(vectorCount));
      await settle(index, kb);
      await apply(
        Array.from({ length: vectorCount / 2 }, (_, i) => {
          const sequence = vectorCount + i + 1;
          return i % 2 === 0 ? deleteOf(sequence, 2 * i + 1) : addOf(sequence, 2 * i + 1, vectorAt(i + 3));
        }),
      );
      await expectSameAsModel(10);
      await settle(index, kb);
      await expectSameAsModel(10);
    });

    it("answers searches that run together with applies from one state each", async () => {
      const all = adds(60);
      const results = await Promise.all(
        all.flatMap((operation) => [
          index.apply(kb, [operation], { after: 0 }, call).then(() => undefined),
          index.search(kb, axis(0), { limit: 100 }, call),
        ]),
      );
      for (const result of results) if (result) expect(result.hits).toHaveLength(result.appliedSequence);
    });

    it("rejects with the signal's own reason and applies nothing", async () => {
      const reason = new Error("the reader left");
      const aborted = { signal: AbortSignal.abort(reason) };
      await expect(index.apply(kb, adds(3), { after: 0 }, aborted)).rejects.toBe(reason);
      await expect(index.search(kb, axis(0), { limit: 1 }, aborted)).rejects.toBe(reason);
      await expect(index.status(kb, aborted)).rejects.toBe(reason);
      await expect(index.checkpoint(kb, aborted)).rejects.toBe(reason);
      await expect(index.drop(kb, aborted)).rejects.toBe(reason);
      expect((await index.status(kb, call)).appliedSequence).toBe(0);
    });

    it("says how it is", () => {
      expect(index.health()).toMatchObject({ state: "ok", detail: expect.stringMatching(/./) });
    });

    it("comes back with its vectors and its sequence after it was closed", async ({ skip }) => {
      if (subject.reopen === undefined) return skip("the adapter keeps nothing");
      await apply(adds(vectorCount));
      await settle(index, kb);
      await apply([deleteOf(vectorCount + 1, 3)]);
      judge.index = index = await subject.reopen();
      expect(await index.status(kb, call)).toMatchObject({
        count: vectorCount - 1,
        appliedSequence: vectorCount + 1,
      });
      await expectSameAsModel(10);
      await apply([addOf(vectorCount + 2, vectorCount + 1, axis(0))]);
      expect((await search(axis(0), 1))[0]?.label).toBe(vectorCount + 1);
    });

    it("loses at most what it says it lost, however often it is ended under its work", async ({ skip }) => {
      const { crash } = subject;
      if (crash === undefined) return skip("there is nothing that could be ended");
      await expectToSurvive({ index, collection: kb, crash, operations: adds(vectorCount), queries, recallMin });
    });

    it("never says that it cannot come back to less than what its checkpoints hold", async ({ skip }) => {
      const { reopen } = subject;
      if (reopen === undefined) return skip("the adapter keeps nothing");
      judge.index = index = await expectHonestDurableSequence({ index, reopen, collection: kb, vector: axis(0) });
    });

    it("stays forgotten after it was dropped and opened again", async ({ skip }) => {
      if (subject.reopen === undefined) return skip("the adapter keeps nothing");
      await apply(adds(5));
      await index.checkpoint(kb, call);
      await index.drop(kb, call);
      judge.index = index = await subject.reopen();
      expect(await index.status(kb, call)).toMatchObject({ count: 0, appliedSequence: 0 });
    });
  });
}
