export { createExactIndex } from "./exact-index.ts";
export { createFollowedIndex, type FollowedIndex, type FollowOptions } from "./follow-operation-log.ts";
export {
  createGenerationSearcher,
  dimensionsOf,
  type GenerationSearcher,
  type GenerationSearcherOptions,
} from "./generation-searcher.ts";
export { graphParameters } from "./hnsw-graph.ts";
export {
  type HnswLibrary,
  type LoadedHnswLibrary,
  loadHnswLibrary,
} from "./hnsw-library.ts";
export { type HostedIndex, openVectorIndex, type VectorIndexOptions } from "./hosted-index.ts";
export { type OptimiseNativeOptions, optimiseNative, removeOptimised } from "./native/optimise-native.ts";
export type { OptimisedBuild } from "./native/optimised-build.ts";
export { recentMax as questionsForTuning } from "./query-sample.ts";
