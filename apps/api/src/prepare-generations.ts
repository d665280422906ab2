import type { Call, Embedder, EmbedderId, VectorCollections } from "@larder/contracts";
import { generationOf } from "@larder/contracts";
import type { FormerEmbedders } from "./former-embedders.ts";

export interface PreparationParts {
  readonly collections: VectorCollections;
  readonly vectors: { prepareComing(call: Call): Promise<void> };
  readonly formerEmbedders: FormerEmbedders;
  readonly embedder: Pick<Embedder, "id">;
}

const everyMs = 1_000; // chosen arbitrarily: what a first search after a swap may find missing

/**
 * While generations are in the making: their vectors go into the index as they are made, and the models of those that
 * they replace are opened before somebody asks. What fails here is done by the search that needs it.
 */
export function prepareGenerations(parts: PreparationParts): AsyncDisposable {
  const stop = new AbortController();
  const call = { signal: stop.signal };
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    running = prepare(parts, call)
      .catch(() => undefined)
      .finally(() => {
        isRunning = false;
      });
  }, everyMs);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stop.abort();
      await running;
    },
  };
}

async function prepare(
  { collections, vectors, formerEmbedders, embedder }: PreparationParts,
  call: Call,
): Promise<void> {
  const coming = await collections.coming();
  const former = new Set<EmbedderId>();
  for (const { id } of coming) {
    const live = await collections.live(generationOf(id).id);
    if (live?.embedderId !== undefined && live.embedderId !== embedder.id) former.add(live.embedderId);
  }
  for (const id of former) await formerEmbedders.embedder(id, call).catch(() => undefined);
  if (coming.length > 0) await vectors.prepareComing(call);
  await formerEmbedders.closeIdle();
}
