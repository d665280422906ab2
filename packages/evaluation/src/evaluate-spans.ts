import type { Call } from "@larder/contracts";
import type { DocumentRange } from "./character-ranges.ts";
import type { DataSet, LabelledQuery } from "./data-set.ts";
import { clusterOf } from "./data-set.ts";
import type { EvidenceLimits, Pipeline } from "./pipeline.ts";
import { quantile } from "./quantile.ts";
import type { PipelineScores } from "./query-scores.ts";
import { evidenceRecallName, tokensSpentName } from "./query-scores.ts";
import { tokenBudgets } from "./recall-curve.ts";
import { evidenceRecall, scoreSpans, spanRecall } from "./span-metrics.ts";
import type { Watch } from "./watch.ts";

/** The first five passages, whatever they cost. */
const fivePieces: EvidenceLimits = { tokenBudget: 1_000_000, pieces: 5 };
const piecesMax = 1_000; // the budget decides how much is sent, not the number of pieces

/**
 * Asks every query of the set for its first five passages and once for each token budget, and compares what comes with
 * the gold characters.
 */
export async function evaluateSpans(
  set: DataSet,
  pipeline: Pipeline,
  watch: Watch,
  call: Call,
): Promise<PipelineScores> {
  const values: Record<string, number[]> = {};
  const add = (name: string, value: number): void => {
    const list = values[name];
    if (list === undefined) values[name] = [value];
    else list.push(value);
  };
  const latenciesMs: number[] = [];
  let tokens = 0;

  async function ask(query: LabelledQuery, limits: EvidenceLimits) {
    const startMs = watch.nowMs();
    const found = await pipeline.retrieve(query, limits, call);
    latenciesMs.push(watch.nowMs() - startMs);
    return found;
  }

  for (const query of set.queries) {
    const gold = set.gold.get(query.id) ?? [];
    const first = (await ask(query, fivePieces)).evidence;
    for (const [name, value] of Object.entries(scoreFirst(gold, first))) add(name, value);
    for (const tokenBudget of tokenBudgets) {
      const found = await ask(query, { tokenBudget, pieces: piecesMax });
      const spent = found.tokens();
      tokens += spent;
      add(evidenceRecallName(tokenBudget), evidenceRecall(gold, found.evidence));
      add(tokensSpentName(tokenBudget), spent);
    }
    watch.onQuery();
  }
  const seconds = latenciesMs.reduce((sum, ms) => sum + ms, 0) / 1_000;
  return {
    pipeline: pipeline.id,
    queries: set.queries.map(({ id }) => id),
    clusters: set.queries.map((query) => clusterOf(set, query)),
    values,
    latencyMs: { p50: quantile(latenciesMs, 0.5), p99: quantile(latenciesMs, 0.99) },
    ...(seconds === 0 ? {} : { tokensPerSecond: tokens / seconds }),
  };
}

function scoreFirst(gold: readonly DocumentRange[], found: readonly DocumentRange[]) {
  const { recall, precision, intersectionOverUnion } = scoreSpans(gold, found);
  return {
    spanRecallAt5: spanRecall(gold, found),
    characterRecallAt5: recall,
    precisionAt5: precision,
    intersectionOverUnionAt5: intersectionOverUnion,
  };
}
