export type { FusedHit, ScoredLabel, ScoreSide } from "./fuse-scores.ts";
export { fuseScores } from "./fuse-scores.ts";
export type { RetrieverPorts, RetrieverSettings } from "./hybrid-retriever.ts";
export { createHybridRetriever } from "./hybrid-retriever.ts";
