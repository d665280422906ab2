import type {
  Call,
  ComponentHealth,
  EmbedderId,
  IndexOperationLog,
  KnowledgeBaseId,
  VectorCollection,
  VectorCollectionId,
  VectorCollections,
  VectorIndex,
  VectorSearcher,
} from "@larder/contracts";
import { generationOf, LarderError, vectorCollectionOf } from "@larder/contracts";
import type { FollowedIndex } from "./follow-operation-log.ts";
import { createFollowedIndex } from "./follow-operation-log.ts";

export interface GenerationSearcherOptions<Index extends VectorIndex> {
  readonly log: IndexOperationLog;
  readonly collections: VectorCollections;
  /** Of the embedder that is configured. Serves collections of no embedder as well. */
  readonly index: Index;
  readonly embedderId: EmbedderId;
  /** For collections of another embedder; asked once for each, and closed by this. */
  readonly openIndex: (embedderId: EmbedderId) => Promise<Index>;
  /** As of {@link FollowOptions}. */
  readonly waitMs?: number;
}

/** Searches the generation of a knowledge base that the database names as live. */
export interface GenerationSearcher<Index extends VectorIndex = VectorIndex> extends VectorSearcher, AsyncDisposable {
  /** Applies what generations in the making hold, so that the first search after a swap does not wait for all of it. */
  prepareComing(call: Call): Promise<void>;
  /** The index that a collection is in, for whoever looks after it. Not to be closed, nor written. */
  indexOf(collection: VectorCollection): Promise<Index>;
  /** Applies what the log holds beyond the index. */
  catchUp(collection: VectorCollection, call: Call): Promise<void>;
  /** Makes a collection anew from the log. */
  rebuild(collection: VectorCollection, call: Call): Promise<void>;
  /** Forgets a deleted knowledge base's collections up to this generation. */
  drop(knowledgeBaseId: KnowledgeBaseId, generation: number, call: Call): Promise<void>;
}

const unbounded: Call = { signal: new AbortController().signal };

/** Generations that a process which starts looks for behind the live one: what was left by a process that died. */
const formerLookedFor = 2;

/**
 * One index for each embedder whose vectors are searched, over the same folder: a collection is of one generation, and a
 * generation of one embedder. Which collection answers, the database says before each search.
 */
export function createGenerationSearcher<Index extends VectorIndex>(
  options: GenerationSearcherOptions<Index>,
): GenerationSearcher<Index> {
  const { log, collections, index, embedderId } = options;
  const waiting = options.waitMs === undefined ? {} : { waitMs: options.waitMs };
  const others = new Map<EmbedderId, Promise<Index>>();
  const followed = new Map<EmbedderId, Promise<FollowedIndex>>();
  const followers = new Set<FollowedIndex>();
  const seen = new Map<KnowledgeBaseId, VectorCollection>();

  function openOther(id: EmbedderId): Promise<Index> {
    const known = others.get(id);
    if (known !== undefined) return known;
    const opening = options.openIndex(id);
    others.set(id, opening);
    opening.catch(() => others.delete(id)); // the next search tries again
    return opening;
  }

  function indexOf({ embedderId: id = embedderId }: VectorCollection): Promise<Index> {
    return id === embedderId ? Promise.resolve(index) : openOther(id);
  }

  function follower(collection: VectorCollection): Promise<FollowedIndex> {
    const { embedderId: id = embedderId } = collection;
    let found = followed.get(id);
    if (found === undefined) {
      found = indexOf(collection).then((opened) => {
        const one = createFollowedIndex({ index: opened, log, ...waiting });
        followers.add(one);
        return one;
      });
      followed.set(id, found);
      found.catch(() => followed.delete(id));
    }
    return found;
  }

  /** What was searched before, or what another process left of it, is of no use any more. */
  function forgetFormer(id: KnowledgeBaseId, live: VectorCollection): void {
    const former = seen.get(id);
    if (former?.id === live.id) return;
    const { generation } = generationOf(live.id);
    if (former !== undefined && generationOf(former.id).generation > generation) {
      // A search from before the swap ends behind one from after it: what it brought back goes, never what is live.
      void dropCollection(live, unbounded).catch(() => undefined);
      return;
    }
    seen.set(id, live);
    const stale: VectorCollection[] = former === undefined ? [] : [former];
    for (let before = generation - 1; before >= Math.max(1, generation - formerLookedFor); before--) {
      if (former === undefined) stale.push({ ...live, id: vectorCollectionOf(id, before) });
    }
    for (const collection of stale) void dropCollection(collection, unbounded).catch(() => undefined); // derived
  }

  async function dropCollection(collection: VectorCollection, call: Call): Promise<void> {
    await (await follower(collection)).drop(collection.id, call);
  }

  return {
    async search(knowledgeBaseId, vector, searching, call) {
      const live = await collections.live(knowledgeBaseId);
      if (live === undefined) return { hits: [] };
      const searcher = await follower(live);
      const found = await searcher.search(live.id, vector, searching, call);
      forgetFormer(knowledgeBaseId, live);
      return found;
    },
    async prepareComing(call) {
      for (const coming of await collections.coming()) {
        await (await follower(coming)).catchUp(coming.id, call);
      }
    },
    async drop(knowledgeBaseId, generation, call) {
      const { embedderId: of = embedderId } = seen.get(knowledgeBaseId) ?? {};
      seen.delete(knowledgeBaseId);
      for (let each = generation; each >= 1; each--) {
        const id: VectorCollectionId = vectorCollectionOf(knowledgeBaseId, each);
        await dropCollection({ id, embedderId: each === generation ? of : embedderId }, call);
      }
    },
    indexOf,
    async catchUp(collection, call) {
      await (await follower(collection)).catchUp(collection.id, call);
    },
    async rebuild(collection, call) {
      await (await follower(collection)).rebuild(collection.id, call);
    },
    /** Of the worst one. */
    health(): ComponentHealth {
      const all = [index.health(), ...[...followers].map((one) => one.health())];
      const worst = (state: ComponentHealth["state"]) => all.find((health) => health.state === state);
      return worst("down") ?? worst("degraded") ?? index.health();
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(followed.values());
      for (const one of followers) await one[Symbol.asyncDispose]();
      const opened = await Promise.allSettled(others.values());
      for (const one of opened) if (one.status === "fulfilled") await one.value[Symbol.asyncDispose]();
    },
  };
}

/** @throws {@link LarderError} `INDEX_UNAVAILABLE` when an id does not say how many dimensions its vectors have */
export function dimensionsOf(id: EmbedderId): number {
  const [, dimensions] = /\/([1-9]\d{0,4})$/.exec(id) ?? [];
  if (dimensions === undefined) throw new LarderError("INDEX_UNAVAILABLE", { details: { embedder: id } });
  return Number(dimensions);
}
