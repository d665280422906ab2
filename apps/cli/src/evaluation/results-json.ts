import type { EvaluationRun, PipelineScores, RankingSummary, SetScores, SpanSummary } from "@larder/evaluation";
import { gainOver, isBaseline, macroMeans, summariseRanking, summariseSpans, tokenShares } from "@larder/evaluation";
import type { PairedDifference } from "@larder/statistics";

/**
 * The figures for programs: one object a set, and at the end one for all of them, whose `kind` is `summary`. Per-query
 * values are in the file of `--save`.
 */
export function toJson(run: EvaluationRun) {
  const { sets, ...facts } = run;
  const ofSets = sets.map((set) => (set.kind === "documents" ? documentsJson(set) : spansJson(set)));
  return [...ofSets, { set: "all", kind: "summary", ...facts, means: macroMeans(sets) }];
}

function documentsJson({ pipelines, ...set }: SetScores) {
  const summaries: Record<string, RankingSummary> = {};
  for (const scores of pipelines) summaries[scores.pipeline] = summariseRanking(scores);
  return { ...set, ...summaries, ...gains(pipelines) };
}

/** Hybrid less each side alone, over the same queries. */
function gains(pipelines: readonly PipelineScores[]) {
  const [lexical, dense, hybrid] = ["lexical", "dense", "hybrid"].map((id) =>
    pipelines.find(({ pipeline }) => pipeline === id),
  );
  const gained: Record<string, PairedDifference> = {};
  if (hybrid !== undefined && lexical !== undefined) gained.hybridLessLexical = gainOver(hybrid, lexical, "ndcgAt10");
  if (hybrid !== undefined && dense !== undefined) gained.hybridLessDense = gainOver(hybrid, dense, "ndcgAt10");
  return gained;
}

function spansJson({ pipelines, ...set }: SetScores) {
  const summaries: Record<string, SpanSummary> = {};
  for (const scores of pipelines) summaries[scores.pipeline] = summariseSpans(scores);
  return { ...set, ...summaries, shares: sharesJson(pipelines) };
}

/** Tokens that Larder needs as shares of what the alternatives need for the same recall. */
function sharesJson(pipelines: readonly PipelineScores[]) {
  return pipelines
    .filter(({ pipeline }) => !isBaseline(pipeline))
    .flatMap((ours) =>
      pipelines
        .filter(({ pipeline }) => pipeline === "bm25-only" || pipeline === "naive-rag")
        .map((theirs) => ({ of: ours.pipeline, than: theirs.pipeline, shares: tokenShares(ours, theirs) })),
    );
}
