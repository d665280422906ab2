import type { KnowledgeBaseId, VectorIndex } from "@larder/contracts";
import { expect } from "vitest";
import { addOf } from "../vector-model.ts";

export interface KeptIndex {
  /** With nothing in the collection. */
  readonly index: VectorIndex;
  readonly reopen: () => Promise<VectorIndex>;
  readonly collection: KnowledgeBaseId;
  readonly vector: Float32Array;
}

const call = { signal: new AbortController().signal };

/** Whoever prunes the log trusts `durableSequence`: an index may come back to more than that, never to less. */
export async function expectHonestDurableSequence(kept: KeptIndex): Promise<VectorIndex> {
  const { reopen, collection, vector } = kept;
  let { index } = kept;
  const durable = async (): Promise<number> => (await index.status(collection, call)).durableSequence ?? 0;
  await index.apply(collection, [addOf(1, 1, vector)], { after: 0 }, call);
  expect(await durable()).toBe(0);
  for (const last of [2, 3, 4]) {
    await index.apply(collection, [addOf(last, last, vector)], { after: last - 1 }, call);
    await index.checkpoint(collection, call);
    expect(await durable()).toBeLessThanOrEqual(last);
  }
  const known = await durable();
  expect(known).toBeGreaterThan(0);
  index = await reopen();
  expect((await index.status(collection, call)).appliedSequence).toBeGreaterThanOrEqual(known);
  expect(await durable()).toBe(known);
  return index;
}
