import type { UsageTokens } from "@larder/contracts";
import { mean, qualityInterval, quantile } from "@larder/statistics";
import { knownBound, sum, toUsd } from "./compare-arms.ts";
import type { Figures, Spent } from "./figures.ts";
import { isInterrupted } from "./observation.ts";
import type { RunMetric } from "./registration.ts";
import type { ArmReport } from "./report-schema.ts";

/** One arm at one budget: what it took, and how good it was. */
export function armReport(figures: Figures, metric: RunMetric, seed: number): ArmReport {
  const { arm, budget, questions, observations, cost, quality } = figures;
  const clusters = questions.map(({ cluster }) => cluster);
  const interval = qualityInterval({ values: quality, clusters }, seed);
  const answered = observations.flatMap(({ observation }) => (observation.kind === "answered" ? [observation] : []));
  const failed = answered.filter(({ errorCode }) => errorCode !== undefined);
  const pick = (values: readonly (number | undefined)[]): number | null => {
    const known = values.flatMap((value) => value ?? []);
    return known.length === 0 ? null : mean(known);
  };
  const first = answered.flatMap(({ firstTextMs, retrievalMs }) =>
    firstTextMs === undefined ? [] : [retrievalMs + firstTextMs],
  );
  const total = answered.map(({ totalMs, retrievalMs }) => retrievalMs + totalMs);
  const at = (values: readonly number[], share: number): number | null =>
    values.length === 0 ? null : quantile(values, share);
  const perQuestion = cost === undefined || cost.length === 0 ? undefined : sum(cost) / cost.length;
  return {
    id: arm,
    budget_tok: budget,
    n: questions.length,
    failures: failed.length,
    interrupted: failed.filter(isInterrupted).length,
    tokens: sumTokens(observations),
    cost_usd: cost === undefined ? null : toUsd(observations.reduce((all, spent) => all + Number(spent.cost ?? 0n), 0)),
    cost_unknown: answered.filter((one) => one.cost === undefined).length,
    usd_per_1k: perQuestion === undefined ? null : toUsd(1_000 * perQuestion),
    latency_ms: {
      retrieval_p50: quantile(
        observations.map(({ observation }) => observation.retrievalMs),
        0.5,
      ),
      ttft_p50: at(first, 0.5),
      ttft_p95: at(first, 0.95),
      total_p50: at(total, 0.5),
      total_p95: at(total, 0.95),
    },
    quality: {
      metric,
      value: interval.mean,
      ci: [knownBound(interval.low), knownBound(interval.high)],
      evidence_recall: pick(observations.map(({ observation }) => observation.recall)),
      token_precision: pick(observations.map(({ observation }) => observation.precision)),
    },
    cost_per_pass_usd: perQuestion === undefined || interval.mean === 0 ? null : toUsd(perQuestion / interval.mean),
  };
}

function sumTokens(observations: readonly Spent[]): ArmReport["tokens"] {
  const total = (of: (tokens: UsageTokens) => number): number =>
    observations.reduce((all, { tokens }) => all + of(tokens), 0);
  return {
    in_fresh: total((tokens) => tokens.inputFresh),
    in_cache_read: total((tokens) => tokens.inputCacheRead),
    in_cache_write: total((tokens) => tokens.inputCacheWrite + tokens.inputCacheWriteLong),
    in_other: total((tokens) => tokens.inputAudio + tokens.inputImage),
    out_text: total((tokens) => tokens.outputText + tokens.outputAudio),
    out_reasoning: total((tokens) => tokens.outputReasoning),
  };
}
