import type { Call } from "@larder/contracts";
import { quantile } from "@larder/statistics";
import type { DataSet } from "./data-set.ts";
import { clusterOf } from "./data-set.ts";
import { allGoldAt, ndcgAt, recallAt, reciprocalRankAt } from "./metrics.ts";
import type { Pipeline } from "./pipeline.ts";
import type { PipelineScores } from "./query-scores.ts";
import type { Watch } from "./watch.ts";

/** Ranking is measured here, not packing: nothing may be cut. */
export const rankingLimits = { pieces: 100 } as const;

/** What a prompt usually carries. Hundreds of questions are enough for the times. */
const timedLimits = { tokenBudget: 2_048, pieces: 100 } as const;
const timedQueriesMax = 200;

const metrics = {
  ndcgAt10: (ranking, gains) => ndcgAt(10, ranking, gains),
  recallAt3: (ranking, gains) => recallAt(3, ranking, gains),
  recallAt5: (ranking, gains) => recallAt(5, ranking, gains),
  recallAt10: (ranking, gains) => recallAt(10, ranking, gains),
  recallAt20: (ranking, gains) => recallAt(20, ranking, gains),
  recallAt100: (ranking, gains) => recallAt(100, ranking, gains),
  reciprocalRankAt10: (ranking, gains) => reciprocalRankAt(10, ranking, gains),
  allGoldAt10: (ranking, gains) => allGoldAt(10, ranking, gains),
} satisfies Record<string, (ranking: readonly string[], gains: ReadonlyMap<string, number>) => number>;

export interface DocumentEvaluation {
  readonly scores: PipelineScores;
  /** Of each query, in order; empty when the pipeline has no confidence. */
  readonly confidences: readonly number[];
}

/** Asks every query of the set, one after another, and scores the order in which its documents come. */
export async function evaluateDocuments(
  set: DataSet,
  pipeline: Pipeline,
  { nowMs, onQuery }: Watch,
  call: Call,
): Promise<DocumentEvaluation> {
  const values = Object.fromEntries(Object.keys(metrics).map((name) => [name, [] as number[]]));
  const latenciesMs: number[] = [];
  const confidences: number[] = [];
  for (const [i, query] of set.queries.entries()) {
    if (i < timedQueriesMax) {
      const startMs = nowMs();
      await pipeline.retrieve(query, timedLimits, call);
      latenciesMs.push(nowMs() - startMs);
    }
    const found = await pipeline.retrieve(query, rankingLimits, call);
    const ranking = [...new Set(found.evidence.map(({ documentId }) => documentId))];
    const gains = set.relevance.get(query.id) ?? new Map<string, number>();
    for (const [name, score] of Object.entries(metrics)) values[name]?.push(score(ranking, gains));
    if (found.confidence !== undefined) confidences.push(found.confidence);
    onQuery();
  }
  const scores = {
    pipeline: pipeline.id,
    queries: set.queries.map(({ id }) => id),
    clusters: set.queries.map((query) => clusterOf(set, query)),
    values,
    latencyMs: { p50: quantile(latenciesMs, 0.5), p99: quantile(latenciesMs, 0.99) },
  };
  return { scores, confidences };
}
