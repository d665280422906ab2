import type { ModelDtype } from "@larder/model-files";

/** How one token row per token becomes one vector per text. */
export type Pooling = "mean" | "first_token" | "last_token";

/** What has to be known about a model besides its files. All of it enters the {@link EmbedderId}. */
export interface EmbeddingModel {
  readonly pooling: Pooling;
  /** Put before each text of the query lane. */
  readonly queryPrefix: string;
  /** Put before each text of the other lanes. */
  readonly passagePrefix: string;
  /** Absent: found by embedding one text at the start. */
  readonly dimensions?: number;
  /**
   * Only so many of them are kept, from the first, and scaled to unit length again: smaller and faster to compare. For
   * models whose first dimensions say most (Matryoshka); others lose more than they need to. @defaultValue all
   */
  readonly keptDimensions?: number;
  /** Special tokens included; never more than the tokenizer's own limit. */
  readonly textTokensMax: number;
  readonly dtype: ModelDtype;
  /** sha256 (hex) by path inside the model's folder. Absent: `SHA256SUMS` in that folder. */
  readonly fileHashes?: Readonly<Record<string, string>>;
  /** Absent: only finiteness, length and dimensions are looked at when the model is opened. */
  readonly selfTest?: SelfTest;
}

/** Two texts whose cosine is known, so that a runtime that computes something else is noticed before it is used. */
export interface SelfTest {
  readonly texts: readonly [string, string];
  readonly cosine: number;
}

export const carriedModel = "larder-embed-v1";

/** For models that are not in the table: what most sentence encoders exported for transformers.js want. */
export const defaultEmbeddingModel: EmbeddingModel = {
  pooling: "mean",
  queryPrefix: "",
  passagePrefix: "",
  textTokensMax: 512,
  dtype: "q8",
};

/** By model id. What is wrong here makes retrieval quietly worse, so only models that were measured are listed. */
export const embeddingModels: Readonly<Record<string, EmbeddingModel>> = {
  [carriedModel]: {
    ...defaultEmbeddingModel,
    dimensions: 256,
    fileHashes: {
      "config.json": "e07e1ce15bdc7d4a9f1e01ad8542ba8d4837bfb753d3542ed992b7d7174dd4b6",
      "onnx/model_quantized.onnx": "6f65ce4e7dffff9450ceb0019c8c40361e94be845159a3c3dedadc29955e81ec",
      "special_tokens_map.json": "d2207e01f191626729e08582912c9bf23876883924839b2bbee97489f804e00e",
      "tokenizer.json": "e3b484dd4cda8bec810cd2cdb479563cabd33d2a7ffbb5e7dce032011aaf9981",
      "tokenizer_config.json": "b4702b5d7c0f906c7e4f5e5ef34fd951b5836c7a23157fedf817014a8654ba68",
    },
    selfTest: {
      texts: ["A larder keeps food cool and dry.", "Store groceries in a cold, dry pantry."],
      cosine: 0.4977,
    },
  },
  "Xenova/all-MiniLM-L6-v2": {
    ...defaultEmbeddingModel,
    dimensions: 384,
    textTokensMax: 256, // the files would allow 512; the model was trained on 256
  },
};
