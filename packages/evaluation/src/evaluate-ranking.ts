import type { DataSet, LabelledQuery } from "./data-set.ts";
import { mean, ndcgAt, recallAt, reciprocalRankAt } from "./metrics.ts";
import type { Interval } from "./paired-bootstrap.ts";
import { bootstrapMean } from "./paired-bootstrap.ts";

/** Document ids for a query, best first, each at most once. */
export type Rank = (query: LabelledQuery) => Promise<readonly string[]>;

export interface RankingScores {
  /** nDCG@10 with its 95 % interval over queries. */
  readonly ndcgAt10: Interval;
  readonly recallAt5: number;
  readonly recallAt10: number;
  readonly recallAt100: number;
  readonly reciprocalRankAt10: number;
  readonly queries: number;
  /** Of each query in the data set's order, for paired comparison. */
  readonly ndcgAt10ByQuery: readonly number[];
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
}

/** Runs every query of the set, one after another, and scores the rankings. */
export async function evaluateRanking(set: DataSet, rank: Rank, nowMs: () => number): Promise<RankingScores> {
  const rankings: (readonly string[])[] = [];
  const latenciesMs: number[] = [];
  for (const query of set.queries) {
    const startMs = nowMs();
    rankings.push(await rank(query));
    latenciesMs.push(nowMs() - startMs);
  }
  const scoreEach = (score: (ranking: readonly string[], gains: ReadonlyMap<string, number>) => number): number[] =>
    set.queries.map((query, i) => score(rankings[i] ?? [], set.relevance.get(query.id) ?? new Map()));
  const ndcg = scoreEach((ranking, gains) => ndcgAt(10, ranking, gains));
  return {
    ndcgAt10: bootstrapMean(ndcg),
    recallAt5: mean(scoreEach((ranking, gains) => recallAt(5, ranking, gains))),
    recallAt10: mean(scoreEach((ranking, gains) => recallAt(10, ranking, gains))),
    recallAt100: mean(scoreEach((ranking, gains) => recallAt(100, ranking, gains))),
    reciprocalRankAt10: mean(scoreEach((ranking, gains) => reciprocalRankAt(10, ranking, gains))),
    queries: set.queries.length,
    ndcgAt10ByQuery: ndcg,
    latencyMsP50: quantile(latenciesMs, 0.5),
    latencyMsP99: quantile(latenciesMs, 0.99),
  };
}

/** The value that a share of the values is at or below; 0 for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
