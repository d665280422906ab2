import type { FileHashes, ModelDtype } from "@larder/model-files";

/** `open`: the first request after each start. */
export interface OpenPayload {
  readonly model: string;
  /** Holds the model's folder, which is named like the model. */
  readonly modelsFolder: string;
  readonly dtype: ModelDtype;
  /** Tokens of query and passage together. */
  readonly pairTokensMax: number;
  readonly fileHashes?: FileHashes;
  readonly threads: number;
}

export interface OpenReply {
  readonly id: string;
}

/** `score`: answered with one number per passage. */
export interface ScorePayload {
  readonly query: string;
  readonly passages: readonly string[];
}
