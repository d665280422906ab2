import type { EmbeddingLane } from "@larder/contracts";
import type { EmbeddingModel } from "./embedding-models.ts";

/** `open`: the first request after each start. */
export interface OpenPayload {
  readonly model: string;
  /** Holds the model's folder, which is named like the model. */
  readonly modelsFolder: string;
  readonly settings: EmbeddingModel;
  readonly threads: number;
}

export interface OpenReply {
  readonly id: string;
  readonly dimensions: number;
  readonly textTokensMax: number;
}

/** `embed`: answered with a `Float32Array` of `texts.length × dimensions`. */
export interface EmbedPayload {
  readonly texts: readonly string[];
  readonly lane: EmbeddingLane;
}

/** `countTokens`: answered with one number per text. */
export interface CountTokensPayload {
  readonly texts: readonly string[];
}
