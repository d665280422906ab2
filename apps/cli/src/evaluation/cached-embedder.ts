import type { Embedder } from "@larder/contracts";
import { openVectorCache } from "./vector-cache.ts";

/** An embedder that remembers passages between runs. Questions are embedded anew, so that their time is measured. */
export interface CachedEmbedder extends Embedder {
  /** Texts that had to be embedded since the last call, and how long that took. Forgets both. */
  takeEmbedded(): { readonly texts: number; readonly ms: number };
  /** Writes new vectors to the cache's folder. */
  save(): Promise<void>;
}

/** Does not own `embedder`. The cache holds passages only: queries may have another prefix. */
export function createCachedEmbedder(embedder: Embedder, folder: string, nowMs: () => number): CachedEmbedder {
  const { id, dimensions, textTokensMax, textsPerCallMax } = embedder;
  const opening = openVectorCache(folder, id, dimensions);
  opening.catch(() => undefined); // told of where it is awaited
  let embedded = { texts: 0, ms: 0 };
  return {
    id,
    dimensions,
    textTokensMax,
    textsPerCallMax,
    async embed(texts, lane, call) {
      if (lane === "query") return embedder.embed(texts, lane, call);
      const cache = await opening;
      const missing = [...new Set(texts.filter((text) => cache.get(text) === undefined))];
      const startMs = nowMs();
      const made = await embedder.embed(missing, lane, call);
      embedded = { texts: embedded.texts + missing.length, ms: embedded.ms + nowMs() - startMs };
      for (const [row, text] of missing.entries()) {
        cache.set(text, made.slice(row * dimensions, (row + 1) * dimensions));
      }
      const vectors = new Float32Array(texts.length * dimensions);
      for (const [row, text] of texts.entries()) vectors.set(cache.get(text) ?? [], row * dimensions);
      return vectors;
    },
    countTokens: (texts, call) => embedder.countTokens(texts, call),
    health: () => embedder.health(),
    [Symbol.asyncDispose]: async () => undefined,
    takeEmbedded() {
      const taken = embedded;
      embedded = { texts: 0, ms: 0 };
      return taken;
    },
    save: async () => (await opening).save(),
  };
}
