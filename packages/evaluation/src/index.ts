export { type DataSet, type LabelledDocument, type LabelledQuery, readDataSet } from "./data-set.ts";
export { evaluateRanking, quantile, type Rank, type RankingScores } from "./evaluate-ranking.ts";
export { mean, ndcgAt, recallAt, reciprocalRankAt } from "./metrics.ts";
export { bootstrapMean, type Interval, type PairedDifference, pairedBootstrap } from "./paired-bootstrap.ts";
