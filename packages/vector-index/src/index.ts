export { createExactIndex } from "./exact-index.ts";
export { createFollowedIndex, type FollowedIndex, type FollowOptions } from "./follow-operation-log.ts";
export {
  createGenerationSearcher,
  dimensionsOf,
  type GenerationSearcher,
  type GenerationSearcherOptions,
} from "./generation-searcher.ts";
export { hnswGraphs } from "./graphs/hnswlib/hnsw-graph.ts";
export {
  type HnswLibrary,
  type LoadedHnswLibrary,
  loadHnswLibrary,
} from "./graphs/hnswlib/hnsw-library.ts";
export {
  type OptimiseNativeOptions,
  optimiseNative,
  removeOptimised,
} from "./graphs/hnswlib/native/optimise-native.ts";
export type { OptimisedBuild } from "./graphs/hnswlib/native/optimised-build.ts";
export { loadGraphLibrary } from "./graphs/load-graph-library.ts";
export { type GraphLibrary, graphParameters, type VectorGraph } from "./graphs/vector-graph.ts";
export { type HostedIndex, openVectorIndex, type VectorIndexOptions } from "./hosted-index.ts";
export { recentMax as questionsForTuning } from "./query-sample.ts";
