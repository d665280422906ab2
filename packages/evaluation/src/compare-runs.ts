import { LarderError } from "@larder/contracts";
import type { ClusteredValues, PairedDifference } from "@larder/statistics";
import { bootstrapDifference, bootstrapMacroDifference, differencesOf, mean } from "@larder/statistics";
import type { TokenComparison } from "./compare-tokens.ts";
import { compareTokens } from "./compare-tokens.ts";
import type { PairedValues } from "./pair-scores.ts";
import { pairScores } from "./pair-scores.ts";
import type { EvaluationRun } from "./saved-run.ts";

export interface MetricComparison {
  readonly metric: string;
  readonly a: number;
  readonly b: number;
  /** `b - a`, query by query, with its 95 % interval and p-value, clustered by document. */
  readonly difference: PairedDifference;
}

export interface SetComparison {
  readonly set: string;
  readonly pipeline: string;
  /** That both runs asked. */
  readonly queries: number;
  readonly metrics: readonly MetricComparison[];
  /** Of sets of spans; empty for others. */
  readonly tokens: readonly TokenComparison[];
}

/** One pipeline over all sets that have a metric, each set counting the same. */
export interface MacroComparison extends MetricComparison {
  readonly pipeline: string;
  readonly sets: number;
}

export interface RunComparison {
  readonly sets: readonly SetComparison[];
  /** Only metrics of two sets or more. */
  readonly macro: readonly MacroComparison[];
}

/**
 * Two runs, query by query, over the sets, pipelines and queries that both measured.
 * @throws {@link LarderError} `EVALUATION_FILE_INVALID` when there are none
 */
export function compareRuns(a: EvaluationRun, b: EvaluationRun): RunComparison {
  const differences = new Map<string, { pipeline: string; metric: string; sets: MetricOfSet[] }>();
  const sets: SetComparison[] = [];
  for (const ofA of a.sets) {
    const ofB = b.sets.find(({ set, kind }) => set === ofA.set && kind === ofA.kind);
    for (const scores of ofA.pipelines) {
      const others = ofB?.pipelines.find(({ pipeline }) => pipeline === scores.pipeline);
      const paired = others === undefined ? new Map<string, PairedValues>() : pairScores(scores, others);
      if (paired.size === 0) continue;
      const { pipeline } = scores;
      const metrics: MetricComparison[] = [];
      for (const [metric, { a: valuesA, b: valuesB, clusters }] of paired) {
        const change = differencesOf(valuesB, valuesA, clusters);
        const means = { a: mean(valuesA), b: mean(valuesB) };
        metrics.push({ metric, ...means, difference: bootstrapDifference(change) });
        const key = `${pipeline} ${metric}`;
        const known = differences.get(key) ?? { pipeline, metric, sets: [] as MetricOfSet[] };
        known.sets.push({ ...means, change });
        differences.set(key, known);
      }
      const queries = paired.values().next().value?.clusters.length ?? 0;
      sets.push({ set: ofA.set, pipeline, queries, metrics, tokens: compareTokens(paired) });
    }
  }
  if (sets.length === 0) {
    const problem = "the two files share no set that was measured with one pipeline on the same queries";
    throw new LarderError("EVALUATION_FILE_INVALID", { details: { problem } });
  }
  return { sets, macro: [...differences.values()].filter((of) => of.sets.length > 1).map(toMacro) };
}

interface MetricOfSet {
  readonly a: number;
  readonly b: number;
  readonly change: ClusteredValues;
}

function toMacro({ pipeline, metric, sets }: { pipeline: string; metric: string; sets: readonly MetricOfSet[] }) {
  return {
    pipeline,
    metric,
    sets: sets.length,
    a: mean(sets.map(({ a }) => a)),
    b: mean(sets.map(({ b }) => b)),
    difference: bootstrapMacroDifference(sets.map(({ change }) => change)),
  };
}
