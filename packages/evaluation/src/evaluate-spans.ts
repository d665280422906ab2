import type { Call } from "@larder/contracts";
import type { CurvePoint } from "@larder/statistics";
import { areaOnLogTokens, quantile } from "@larder/statistics";
import type { DocumentRange } from "./character-ranges.ts";
import type { DataSet, LabelledQuery } from "./data-set.ts";
import { clusterOf } from "./data-set.ts";
import type { EvidenceLimits, Found, Pipeline } from "./pipeline.ts";
import type { PipelineScores } from "./query-scores.ts";
import { evidenceRecallName, tokensSpentName } from "./query-scores.ts";
import { evidenceRecall, scoreSpans, spanRecall } from "./span-metrics.ts";
import { tokenBudgets } from "./token-budgets.ts";
import type { Watch } from "./watch.ts";

/** The first five passages, whatever they cost. */
const fivePieces: EvidenceLimits = { pieces: 5 };
const piecesMax = 1_000; // the budget decides how much is sent, not the number of pieces
const timedBudget: (typeof tokenBudgets)[number] = 2_048; // what a prompt usually carries

/**
 * Asks every query of the set for its first five passages, once for each token budget and, where the pipeline chooses one,
 * for its own, and compares what comes with the gold characters. Only the first request of each query is timed, at a usual
 * budget: some pipelines remember their ranking for the others.
 */
export async function evaluateSpans(
  set: DataSet,
  pipeline: Pipeline,
  watch: Watch,
  call: Call,
): Promise<PipelineScores> {
  const rows: Readonly<Record<string, number>>[] = [];
  const latenciesMs: number[] = [];
  let timedTokens = 0;
  for (const query of set.queries) {
    const startMs = watch.nowMs();
    const timed = await pipeline.retrieve(query, { tokenBudget: timedBudget, pieces: piecesMax }, call);
    latenciesMs.push(watch.nowMs() - startMs);
    timedTokens += timed.tokens();
    const gold = set.gold.get(query.id) ?? [];
    const first = await pipeline.retrieve(query, fivePieces, call);
    rows.push({
      ...scoreFirst(gold, first.evidence),
      ...(await scoreBudgets(query, gold, timed)),
      ...(await scoreAuto(query, gold)),
    });
    watch.onQuery();
  }

  async function scoreBudgets(query: LabelledQuery, gold: readonly DocumentRange[], timed: Found) {
    const scores: Record<string, number> = {};
    const curve: CurvePoint[] = [];
    for (const tokens of tokenBudgets) {
      const limits = { tokenBudget: tokens, pieces: piecesMax };
      const found = tokens === timedBudget ? timed : await pipeline.retrieve(query, limits, call);
      const recall = evidenceRecall(gold, found.evidence);
      scores[evidenceRecallName(tokens)] = recall;
      scores[tokensSpentName(tokens)] = found.tokens();
      curve.push({ tokens, recall });
    }
    return { ...scores, evidenceArea: areaOnLogTokens(curve) };
  }

  async function scoreAuto(query: LabelledQuery, gold: readonly DocumentRange[]) {
    const found = await pipeline.retrieveAuto?.(query, call);
    if (found === undefined) return {};
    return {
      [evidenceRecallName("Auto")]: evidenceRecall(gold, found.evidence),
      [tokensSpentName("Auto")]: found.tokens(),
    };
  }

  const seconds = latenciesMs.reduce((sum, ms) => sum + ms, 0) / 1_000;
  return {
    pipeline: pipeline.id,
    queries: set.queries.map(({ id }) => id),
    clusters: set.queries.map((query) => clusterOf(set, query)),
    values: columnsOf(rows),
    latencyMs: { p50: quantile(latenciesMs, 0.5), p99: quantile(latenciesMs, 0.99) },
    ...(seconds === 0 ? {} : { tokensPerSecond: timedTokens / seconds }),
  };
}

/** Every row has the same names. */
function columnsOf(rows: readonly Readonly<Record<string, number>>[]): Record<string, readonly number[]> {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? 0)]));
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
