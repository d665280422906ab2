import { mean } from "@larder/statistics";
import type { SetScores } from "./query-scores.ts";

export interface MacroMean {
  readonly pipeline: string;
  readonly metric: string;
  readonly sets: readonly string[];
  /** Each set counts the same, whatever its number of queries. */
  readonly mean: number;
}

/**
 * Means over sets of each pipeline and metric, and `headline`: nDCG@10 of sets of documents together with the share of
 * spans found in five passages of the others.
 */
export function macroMeans(sets: readonly SetScores[]): readonly MacroMean[] {
  const found = new Map<string, { pipeline: string; metric: string; of: { set: string; mean: number }[] }>();
  const add = (pipeline: string, metric: string, set: string, values: readonly number[]): void => {
    const key = `${pipeline} ${metric}`;
    const known = found.get(key) ?? { pipeline, metric, of: [] };
    known.of.push({ set, mean: mean(values) });
    found.set(key, known);
  };
  for (const { set, kind, pipelines } of sets) {
    for (const { pipeline, values } of pipelines) {
      const headline = values[kind === "documents" ? "ndcgAt10" : "spanRecallAt5"];
      if (headline !== undefined) add(pipeline, "headline", set, headline);
      for (const [metric, column] of Object.entries(values)) add(pipeline, metric, set, column);
    }
  }
  return [...found.values()].map(({ pipeline, metric, of }) => ({
    pipeline,
    metric,
    sets: of.map(({ set }) => set),
    mean: mean(of.map((one) => one.mean)),
  }));
}
