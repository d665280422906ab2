import type { EmbedderId, IndexOperation, IndexOperationLog, VectorCollectionId } from "@larder/contracts";
import { vectorCollectionOf } from "@larder/contracts";
import { addOf } from "@larder/testkit";
import { expect, it } from "vitest";
import { call, kb } from "../test/temporary-index.ts";
import { createExactIndex } from "./exact-index.ts";
import { createGenerationSearcher } from "./generation-searcher.ts";

const embedderId = "model@0/4" as EmbedderId;
const axis = (i: number): Float32Array => new Float32Array(4).fill(1, i, i + 1);
const generations = [1, 2].map((generation) => vectorCollectionOf(kb, generation));
const [first, second] = generations as [VectorCollectionId, VectorCollectionId];

/** Two generations of one vector each; `swap` makes the second one live. */
function openGenerations() {
  let live = first;
  const operations = new Map<VectorCollectionId, readonly IndexOperation[]>([
    [first, [addOf(1, 10, axis(0))]],
    [second, [addOf(2, 20, axis(0))]],
  ]);
  const log: IndexOperationLog = {
    latestSequence: async (id) => operations.get(id)?.at(-1)?.sequence ?? 0,
    prunedThrough: async () => 0,
    readAfter: async (id, sequence) => (operations.get(id) ?? []).filter((one) => one.sequence > sequence),
  };
  const index = createExactIndex({ dimensions: 4 });
  const gates = new Map<VectorCollectionId, Promise<void>>();
  const gated: typeof index = {
    ...index,
    async search(id, ...rest) {
      const found = await index.search(id, ...rest);
      await gates.get(id);
      return found;
    },
  };
  const searcher = createGenerationSearcher({
    ...{ log, index: gated, embedderId },
    collections: { live: async () => ({ id: live, embedderId }), coming: async () => [] },
    openIndex: async () => expect.unreachable(),
  });
  const search = async () => {
    const { hits } = await searcher.search(kb, axis(0), { limit: 5 }, call);
    return hits.map(({ label }) => label as number);
  };
  const applied = () => Promise.all(generations.map(async (id) => (await index.status(id, call)).appliedSequence));
  const swap = (): void => {
    live = second;
  };
  return { search, swap, gates, applied };
}

it("answers from the live generation, and lets go of the one before it", async () => {
  const { search, swap, applied } = openGenerations();
  expect(await search()).toEqual([10]);
  swap();
  expect(await search()).toEqual([20]);
  await expect.poll(applied).toEqual([0, 2]);
});

it("keeps the live generation when a search from before the swap ends behind one from after it", async () => {
  const { search, swap, gates, applied } = openGenerations();
  expect(await search()).toEqual([10]);
  let open: () => void = () => undefined;
  gates.set(first, new Promise((resolve) => (open = resolve)));
  const late = search();
  await new Promise((resolve) => setImmediate(resolve));
  swap();
  expect(await search()).toEqual([20]);
  open();
  expect(await late).toEqual([10]);
  await new Promise((resolve) => setTimeout(resolve, 20)); // whatever is dropped is dropped behind the answer
  expect(await applied()).toEqual([0, 2]);
});
