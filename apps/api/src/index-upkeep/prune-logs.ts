import type { Call, IndexLogPruning, VectorCollection } from "@larder/contracts";
import type { UpkeptVectors } from "./audit-collection.ts";

export interface LogPruningParts {
  readonly pruning: IndexLogPruning;
  readonly vectors: Pick<UpkeptVectors, "indexOf" | "catchUp">;
  /** Of one collection; with more, those go that no copy of its index needs. */
  readonly logDeletesMax: number;
}

/**
 * Removes deletes that every copy of the index is past, its oldest checkpoint included, so that nothing has to be made
 * anew for it. Logs with few of them are left alone, and those that have not changed since nothing could be removed:
 * looking at an index brings it into memory. What is returned says how many rows went.
 */
export function createLogPruner({ pruning, vectors, logDeletesMax }: LogPruningParts): (call: Call) => Promise<number> {
  const inVain = new Map<VectorCollection["id"], number>();

  async function pruneOne(collection: VectorCollection, call: Call): Promise<number> {
    await vectors.catchUp(collection, call);
    const index = await vectors.indexOf(collection);
    const { durableSequence = 0, appliedSequence } = await index.status(collection.id, call);
    const removed = await pruning.prune(collection.id, durableSequence, call);
    // What the newest checkpoint holds can go when there is a newer one: the older of two is what counts.
    if (durableSequence < appliedSequence) await index.checkpoint(collection.id, call);
    return removed;
  }

  return async (call) => {
    let removed = 0;
    for (const { collection, count } of await pruning.deletes(call)) {
      if (count <= logDeletesMax || inVain.get(collection.id) === count) continue;
      call.signal.throwIfAborted();
      const mine = await pruneOne(collection, call).catch(() => undefined); // its index is away: the next time
      if (mine === 0) inVain.set(collection.id, count);
      removed += mine ?? 0;
    }
    return removed;
  };
}
