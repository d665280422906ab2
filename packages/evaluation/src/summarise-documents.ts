import type { Interval, PairedDifference } from "@larder/statistics";
import { bootstrapDifference, bootstrapMean, differencesOf, mean } from "@larder/statistics";
import type { PipelineScores } from "./query-scores.ts";

/** One pipeline on a set of whole documents. */
export interface RankingSummary {
  readonly queries: number;
  /** With its 95 % interval, clustered by document. */
  readonly ndcgAt10: Interval;
  readonly recallAt3: number;
  readonly recallAt5: number;
  readonly recallAt10: number;
  readonly recallAt20: number;
  readonly recallAt100: number;
  readonly reciprocalRankAt10: number;
  readonly allGoldAt10: number;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
}

export function summariseRanking({ queries, clusters, values, latencyMs }: PipelineScores): RankingSummary {
  const meanOf = (name: string): number => mean(values[name] ?? []);
  return {
    queries: queries.length,
    ndcgAt10: bootstrapMean({ values: values.ndcgAt10 ?? [], clusters }),
    recallAt3: meanOf("recallAt3"),
    recallAt5: meanOf("recallAt5"),
    recallAt10: meanOf("recallAt10"),
    recallAt20: meanOf("recallAt20"),
    recallAt100: meanOf("recallAt100"),
    reciprocalRankAt10: meanOf("reciprocalRankAt10"),
    allGoldAt10: meanOf("allGoldAt10"),
    latencyMsP50: latencyMs.p50,
    latencyMsP99: latencyMs.p99,
  };
}

/** How much of a metric one pipeline gains over another on the same queries of one set. */
export function gainOver(ours: PipelineScores, theirs: PipelineScores, metric: string): PairedDifference {
  const differences = differencesOf(ours.values[metric] ?? [], theirs.values[metric] ?? [], ours.clusters);
  return bootstrapDifference(differences);
}
