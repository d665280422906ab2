export type { FusedHit, ScoredLabel, ScoreSide } from "./fuse-scores.ts";
export { fuseScores } from "./fuse-scores.ts";
export type { HybridRetriever, RetrieverPorts } from "./hybrid-retriever.ts";
export { createHybridRetriever } from "./hybrid-retriever.ts";
export type { RetrieverSettings } from "./retriever-settings.ts";
export { type JudgedSentence, type SentenceFeatures, sentenceWeights, sharpness } from "./score-sentences.ts";
