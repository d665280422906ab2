import { setMaxListeners } from "node:events";
import type {
  Call,
  IndexOperationLog,
  VectorCollectionId,
  VectorIndex,
  VectorSearcher,
  VectorSearchOptions,
  VectorSearchResult,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";

export interface FollowOptions {
  readonly index: VectorIndex;
  readonly log: IndexOperationLog;
  /** Operations read and applied at once. @defaultValue 1000 */
  readonly operationsPerPage?: number;
}

/** An index that shows what the database has committed, as soon as it has. Owns neither the index nor the log. */
export interface FollowedIndex extends VectorSearcher, AsyncDisposable {
  search(
    collection: VectorCollectionId,
    vector: Float32Array,
    options: VectorSearchOptions,
    call: Call,
  ): Promise<VectorSearchResult>;
  /** Applies what the log holds beyond the index, so that the next search does not have to. Call it after a commit. */
  catchUp(collection: VectorCollectionId, call: Call): Promise<void>;
  /** Forgets a collection and its checkpoints. */
  drop(collection: VectorCollectionId, call: Call): Promise<void>;
}

const attemptsMax = 5; // the index that is behind after as many catch-ups keeps ending

/**
 * Keeps an index level with the operation log. A search goes out at once and says which sequence it saw; only when that
 * is behind what the log held before the search does the log get applied and the search repeated, so that in the usual
 * case nothing but one cheap look at the log is added. An index that is ahead of its log belongs to a database that was
 * restored to an earlier state: it is dropped and built anew.
 */
export function createFollowedIndex({ index, log, operationsPerPage = 1_000 }: FollowOptions): FollowedIndex {
  const running = new Map<VectorCollectionId, Promise<void>>();
  const stop = new AbortController();

  /** One catch-up at a time for each collection. It serves all who wait, so no caller's signal ends it. */
  function share(id: VectorCollectionId): Promise<void> {
    let shared = running.get(id);
    if (shared === undefined) {
      shared = applyMissing(id, { signal: stop.signal }).finally(() => running.delete(id));
      shared.catch(() => undefined); // those who wait hear of it; perhaps nobody waits any more
      running.set(id, shared);
    }
    return shared;
  }

  async function applyMissing(id: VectorCollectionId, call: Call): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await applyFromStatus(id, call);
      } catch (thrown) {
        // The index was started again and came back from an older checkpoint: begin where it is now.
        const isBehind = LarderError.is(thrown) && thrown.code === "INDEX_BEHIND";
        if (!isBehind || attempt === attemptsMax) throw thrown;
      }
    }
  }

  async function applyFromStatus(id: VectorCollectionId, call: Call): Promise<void> {
    let { appliedSequence } = await index.status(id, call);
    const latest = await log.latestSequence(id); // asked last: an index that is ahead now really is
    if (appliedSequence > latest) {
      await index.drop(id, call);
      appliedSequence = 0;
    }
    while (appliedSequence < latest) {
      call.signal.throwIfAborted();
      const operations = await log.readAfter(id, appliedSequence, operationsPerPage);
      const last = operations.at(-1);
      if (last === undefined) return; // the knowledge base was deleted meanwhile
      await index.apply(id, operations, { after: appliedSequence }, call);
      appliedSequence = last.sequence;
    }
  }

  async function isLevel(id: VectorCollectionId, appliedSequence: number, wanted: number): Promise<boolean> {
    if (appliedSequence <= wanted) return appliedSequence === wanted;
    return appliedSequence <= (await log.latestSequence(id)); // another caller applied what was committed since
  }

  return {
    async search(id, vector, options, call) {
      for (let attempt = 1; attempt <= attemptsMax; attempt++) {
        call.signal.throwIfAborted();
        const wanted = await log.latestSequence(id);
        const result = await index.search(id, vector, options, call);
        if (await isLevel(id, result.appliedSequence, wanted)) return result;
        await orAbort(share(id), call.signal);
      }
      throw new LarderError("INDEX_UNAVAILABLE", { details: { attempts: attemptsMax } });
    },
    async catchUp(id, call) {
      call.signal.throwIfAborted();
      await orAbort(running.get(id) ?? Promise.resolve(), call.signal).catch(() => call.signal.throwIfAborted());
      await orAbort(share(id), call.signal); // one that began before this call may have missed the latest commit
    },
    async drop(id, call) {
      await orAbort(running.get(id) ?? Promise.resolve(), call.signal).catch(() => call.signal.throwIfAborted());
      await index.drop(id, call);
    },
    health: () => index.health(),
    async [Symbol.asyncDispose]() {
      stop.abort(new LarderError("INDEX_UNAVAILABLE"));
      await Promise.allSettled(running.values());
    },
  };
}

/** Waits for `work` no longer than the caller does. */
export function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    setMaxListeners(0, signal); // one signal serves many searches at once; Node would take eleven for a leak
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
