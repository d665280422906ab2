export { areaUnderRoc, falseAnswerRate } from "./abstention.ts";
export { isBaseline } from "./baselines/baseline-ids.ts";
export { cutRecursively, cutWindows, type Stretch } from "./baselines/cut-pieces.ts";
export { fillBudget, type Piece } from "./baselines/fill-budget.ts";
export { naiveRagWindows, openNaiveRagPipeline } from "./baselines/naive-rag-pipeline.ts";
export { createOraclePipeline } from "./baselines/oracle-pipeline.ts";
export { piecesOf } from "./baselines/pieces-of.ts";
export { createRandomPipeline } from "./baselines/random-pipeline.ts";
export { createRankedPipeline } from "./baselines/ranked-pipeline.ts";
export { type DocumentRange, uniteRanges } from "./character-ranges.ts";
export {
  compareRuns,
  type MacroComparison,
  type MetricComparison,
  type RunComparison,
  type SetComparison,
} from "./compare-runs.ts";
export type { TokenComparison } from "./compare-tokens.ts";
export { confidenceOf } from "./confidence-of.ts";
export {
  clusterOf,
  type DataSet,
  type LabelledDocument,
  type LabelledQuery,
  readDataSet,
  sampleQueries,
} from "./data-set.ts";
export { type DocumentEvaluation, evaluateDocuments, rankingLimits } from "./evaluate-documents.ts";
export { evaluateSpans } from "./evaluate-spans.ts";
export { renderHtml } from "./html/render-html.ts";
export { fitListwise } from "./listwise/fit-listwise.ts";
export { areasOf, type Calibration, calibrationOf, meanCurve, recallCurve } from "./listwise/judge-weights.ts";
export { type Candidate, type JudgedList, toJudgedList } from "./listwise/judged-list.ts";
export { ndcgAt, recallAt, reciprocalRankAt } from "./metrics.ts";
export type { EvidenceLimits, Found, Pipeline } from "./pipeline.ts";
export {
  type AbstentionScores,
  evidenceRecallName,
  type PipelineScores,
  type SetScores,
  tokensSpentName,
} from "./query-scores.ts";
export { type EvaluationRun, parseRun, writeRun } from "./saved-run.ts";
export { gainOver, type RankingSummary, summariseRanking } from "./summarise-documents.ts";
export { type MacroMean, macroMeans } from "./summarise-run.ts";
export {
  type SpanSummary,
  summariseSpans,
  type TokensForRecall,
} from "./summarise-spans.ts";
export { tokenBudgets } from "./token-budgets.ts";
export { type TokenShare, tokenShares } from "./token-share.ts";
export type { Watch } from "./watch.ts";
