import type { Embedder, EmbedderId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";

/** An embedder whose host is not there: whoever asks does without vectors, or fails. */
export const unavailableEmbedder: Pick<Embedder, "id" | "dimensions" | "embed"> = {
  id: "none" as EmbedderId,
  dimensions: 1,
  embed: () => Promise.reject(new LarderError("EMBEDDER_UNAVAILABLE")),
};
