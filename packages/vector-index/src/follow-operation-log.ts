import { orAbort } from "@larder/child-process";
import type {
  Call,
  ComponentHealth,
  IndexOperation,
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
  /** Longest wait of a search for an index that is behind; the index is brought level nevertheless. @defaultValue 10,000 */
  readonly waitMs?: number;
}

/** An index that shows what the database has committed, as soon as it has. Owns neither the index nor the log. */
export interface FollowedIndex extends VectorSearcher, AsyncDisposable {
  /** @throws {@link LarderError} `INDEX_REBUILDING` when it takes longer than a search waits, besides those of the port */
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
  /** Makes a collection anew from the log. Searches wait for it, as for any index that is behind. */
  rebuild(collection: VectorCollectionId, call: Call): Promise<void>;
}

/** How far a catch-up is. */
interface Progress {
  readonly startMs: number;
  readonly pages: number;
  readonly from: number;
  readonly latest: number;
  readonly applied: number;
}

const toldAfterPages = 20; // of a catch-up that health speaks of: most take one
const retryAfterMsMax = 60_000;
const attemptsMax = 5; // the index that is behind after as many catch-ups keeps ending

/**
 * Keeps an index level with the operation log. A search goes out at once and says which sequence it saw; only when that
 * is behind what the log held before the search does the log get applied and the search repeated, so that in the usual
 * case nothing but one cheap look at the log is added. An index that is ahead of its log belongs to a database that was
 * restored to an earlier state: it is dropped and built anew.
 */
export function createFollowedIndex(options: FollowOptions): FollowedIndex {
  const { index, log, operationsPerPage = 1_000, waitMs = 10_000 } = options;
  const running = new Map<VectorCollectionId, Promise<void>>();
  const progress = new Map<VectorCollectionId, Progress>();
  /** Whatever the index holds of a collection was read from the log after it had been pruned this far. */
  const begunAfter = new Map<VectorCollectionId, number>();
  /** Sequences between two pages of a catch-up: what a commit did may be half there. */
  const inBetween = new Map<VectorCollectionId, Set<number>>();
  /** Found wrong and about to be dropped: whoever searches waits for that. */
  const condemned = new Map<VectorCollectionId, Promise<void>>();
  const stop = new AbortController();

  /** One catch-up at a time for each collection. It serves all who wait, so no caller's signal ends it. */
  function share(id: VectorCollectionId): Promise<void> {
    let shared = running.get(id);
    if (shared === undefined) {
      shared = applyMissing(id, { signal: stop.signal }).finally(() => {
        running.delete(id);
        progress.delete(id);
      });
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
    const prunedThrough = await log.prunedThrough(id);
    const latest = await log.latestSequence(id); // asked last: an index that is ahead now really is
    if (appliedSequence > latest || lacksDeletes(id, appliedSequence, prunedThrough)) {
      await beginAnew(id, prunedThrough, call);
      appliedSequence = 0;
    }
    const [from, startMs] = [appliedSequence, performance.now()];
    const read = (after: number) =>
      after < latest ? log.readAfter(id, after, operationsPerPage) : Promise.resolve<readonly IndexOperation[]>([]);
    let page = read(appliedSequence);
    for (let pages = 0; appliedSequence < latest; pages++) {
      call.signal.throwIfAborted();
      progress.set(id, { startMs, pages, from, latest, applied: appliedSequence });
      const operations = await page;
      const last = operations.at(-1);
      if (last === undefined) return; // the knowledge base was deleted meanwhile
      // Pruned between two pages: adds of the pages before may have lost their deletes.
      if (lacksDeletes(id, appliedSequence, await log.prunedThrough(id))) return applyFromStatus(id, call);
      if (last.sequence < latest) noteInBetween(id, last.sequence);
      const applying = index.apply(id, operations, { after: appliedSequence }, call);
      page = read(last.sequence); // while the index is at work on this one
      page.catch(() => undefined);
      await applying;
      appliedSequence = last.sequence;
    }
  }

  function lacksDeletes(id: VectorCollectionId, appliedSequence: number, prunedThrough: number): boolean {
    return appliedSequence < prunedThrough && (begunAfter.get(id) ?? 0) < prunedThrough;
  }

  function noteInBetween(id: VectorCollectionId, sequence: number): void {
    const noted = inBetween.get(id) ?? new Set();
    inBetween.set(id, noted.add(sequence));
  }

  async function beginAnew(id: VectorCollectionId, prunedThrough: number, call: Call): Promise<void> {
    await index.drop(id, call);
    begunAfter.set(id, prunedThrough); // an index that ends half-way goes on from a checkpoint of what follows
  }

  async function dropWrong(id: VectorCollectionId, call: Call): Promise<void> {
    await orAbort(running.get(id) ?? Promise.resolve(), call.signal).catch(() => call.signal.throwIfAborted());
    await beginAnew(id, await log.prunedThrough(id), call);
  }

  async function isLevel(id: VectorCollectionId, appliedSequence: number, wanted: number): Promise<boolean> {
    if (appliedSequence <= wanted) return appliedSequence === wanted;
    if (inBetween.get(id)?.has(appliedSequence)) return false; // neither from before a commit nor from after it
    return appliedSequence <= (await log.latestSequence(id)); // another caller applied what was committed since
  }

  return {
    async search(id, vector, options, call) {
      const untilMs = performance.now() + waitMs;
      call.signal.throwIfAborted();
      const wanted = await log.latestSequence(id); // what is committed later need not be waited for
      for (let attempt = 1; attempt <= attemptsMax; attempt++) {
        call.signal.throwIfAborted();
        await orAbort(condemned.get(id) ?? Promise.resolve(), call.signal);
        const result = await index.search(id, vector, options, call);
        if (await isLevel(id, result.appliedSequence, wanted)) return result;
        await orTooLate(orAbort(share(id), call.signal), untilMs, () => rebuilding(progress.get(id)));
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
      begunAfter.delete(id);
      inBetween.delete(id);
    },
    async rebuild(id, call) {
      const dropped = dropWrong(id, call);
      condemned.set(
        id,
        dropped.catch(() => undefined).finally(() => condemned.delete(id)),
      );
      await dropped;
      await orAbort(share(id), call.signal);
    },
    health(): ComponentHealth {
      const health = index.health();
      const long = [...progress.values()].filter(({ pages }) => pages >= toldAfterPages);
      const [first] = long;
      if (health.state === "down" || first === undefined) return health;
      const others = long.length === 1 ? "" : `; ${long.length - 1} more`;
      const detail = `being made anew from the database: ${percentOf(first)} % of a knowledge base${others}`;
      return { ...health, state: "degraded", detail };
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new LarderError("INDEX_UNAVAILABLE"));
      await Promise.allSettled(running.values());
    },
  };
}

function percentOf({ from, applied, latest }: Progress): number {
  return Math.floor((100 * (applied - from)) / (latest - from));
}

/** With an estimate of when it will be over. */
function rebuilding(progress: Progress | undefined): LarderError {
  if (progress === undefined) return new LarderError("INDEX_REBUILDING");
  const { startMs, from, applied, latest } = progress;
  const msPerOperation = (performance.now() - startMs) / Math.max(1, applied - from);
  const retryAfterMs = Math.min(retryAfterMsMax, Math.max(1_000, Math.ceil(msPerOperation * (latest - applied))));
  return new LarderError("INDEX_REBUILDING", { details: { percent: percentOf(progress), retryAfterMs } });
}

/** Leaves `work` going when it takes longer than until then. */
async function orTooLate<T>(work: Promise<T>, untilMs: number, tooLate: () => LarderError): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), Math.max(0, untilMs - performance.now()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
