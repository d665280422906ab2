import type { Call, DocumentStore, KnowledgeBase, KnowledgeBaseId, Make, ReachFailPoint } from "@larder/contracts";
import { LarderError, noFailPoint } from "@larder/contracts";

export interface ReindexerOptions {
  readonly store: Pick<
    DocumentStore,
    | "knowledgeBases"
    | "isMadeOtherwise"
    | "beginReindexing"
    | "reindexings"
    | "advanceReindexing"
    | "removeRemains"
    | "cancelJob"
  >;
  /** What this process makes documents with. */
  readonly make: Make;
  /** Begin where documents were made otherwise. `false`: only what was asked for. */
  readonly isAutomatic: boolean;
  /** Pause while nothing can be done. @defaultValue 500 */
  readonly pollMs?: number;
  /** What a former generation left is removed when it is so old: until then answers under way find what they cited. @defaultValue 60000 */
  readonly remainsAgeMs?: number;
  readonly onTrouble?: (cause: unknown) => void;
  readonly reachFailPoint?: ReachFailPoint;
}

/** Brings knowledge bases to the make of this process. One process is to run it; which one does not matter. */
export interface Reindexer {
  /** Until the signal aborts. */
  run(call: Call): Promise<void>;
}

export function createReindexer(options: ReindexerOptions): Reindexer {
  const { store, make, isAutomatic, pollMs = 500, remainsAgeMs = 60_000 } = options;
  const { onTrouble = () => undefined, reachFailPoint = noFailPoint } = options;

  /** Whatever this process cannot go on with is given up, and begun anew where it is still wanted. */
  async function decide({ id, reindexing }: KnowledgeBase, call: Call): Promise<void> {
    if (reindexing === undefined) {
      if (isAutomatic && (await store.isMadeOtherwise(id, make, call))) await store.beginReindexing(id, make, call);
      return;
    }
    const { embedderId, parserId, splitterId } = reindexing.target;
    const isThis = embedderId === make.embedderId && parserId === make.parserId && splitterId === make.splitterId;
    if (isThis || (await store.isMadeOtherwise(id, make, call))) await store.beginReindexing(id, make, call);
    else await store.cancelJob(reindexing.jobId, call);
  }

  /** `false`: of some it could not be said yet. One that has trouble holds up no other. */
  async function decideAll(call: Call): Promise<boolean> {
    let isDecided = true;
    let cursor: string | undefined;
    do {
      const page = await store.knowledgeBases({ limit: 100, ...(cursor === undefined ? {} : { cursor }) }, call);
      for (const knowledgeBase of page.data) {
        isDecided = (await orTrouble(() => decide(knowledgeBase, call).then(() => true), call)) && isDecided;
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return isDecided;
  }

  /** `false` where it failed, which is told of unless the knowledge base was deleted meanwhile. */
  async function orTrouble(act: () => Promise<boolean>, call: Call): Promise<boolean> {
    try {
      return await act();
    } catch (thrown) {
      call.signal.throwIfAborted();
      const isGone = LarderError.is(thrown) && thrown.code === "KNOWLEDGE_BASE_NOT_FOUND";
      if (!isGone) onTrouble(thrown); // a busy or full disk: again after the pause
      return false;
    }
  }

  async function advance(id: KnowledgeBaseId, call: Call): Promise<boolean> {
    const done = await store.advanceReindexing(id, call);
    if (done === "staged") reachFailPoint("after-reindex-step");
    if (done === "swapped") reachFailPoint("after-swap");
    return done === "staged" || done === "swapped";
  }

  /** `false`: there is nothing to do now. */
  async function step(call: Call): Promise<boolean> {
    let isMoved = false;
    for (const { knowledgeBaseId } of await store.reindexings(call)) {
      isMoved = (await orTrouble(() => advance(knowledgeBaseId, call), call)) || isMoved;
    }
    const isRemoved = await store.removeRemains(remainsAgeMs, call);
    if (isRemoved) reachFailPoint("after-remains");
    return isMoved || isRemoved;
  }

  return {
    async run(call) {
      let isDecided = false;
      while (!call.signal.aborted) {
        try {
          isDecided ||= await orTrouble(() => decideAll(call), call);
          if (await orTrouble(() => step(call), call)) {
            await new Promise((resolve) => setImmediate(resolve)); // whoever waits for this process comes first
            if (isDecided) continue;
          }
        } catch {
          return; // aborted
        }
        await pause(pollMs, call);
      }
    },
  };
}

function pause(ms: number, { signal }: Call): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
