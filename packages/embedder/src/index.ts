export {
  carriedModel,
  type EmbeddingModel,
  embeddingModels,
  type Pooling,
  type SelfTest,
} from "./embedding-models.ts";
export { type OnnxEmbedder, type OnnxEmbedderOptions, openOnnxEmbedder } from "./onnx-embedder.ts";
export { type EmbeddingLimitOptions, openEmbeddingLimit } from "./tokens/open-embedding-limit.ts";
export { openTokenMatcher } from "./tokens/open-token-matcher.ts";
export { createSentenceReader } from "./tokens/sentence-reader.ts";
