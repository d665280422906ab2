import type { NanoUsd } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import type { SavedShare } from "@larder/statistics";
import { bootstrapSavedShare, exactMcNemar, nonInferiority, quantile } from "@larder/statistics";
import { decideVerdict } from "./decide-verdict.ts";
import type { Figures } from "./figures.ts";
import { paired } from "./figures.ts";
import type { Comparison } from "./report-schema.ts";

export interface CompareOptions {
  readonly margin: number;
  readonly seed: number;
  readonly isComplete: boolean;
  readonly resamples?: number;
}

/** An answer counts as right from here on, where quality is a share: most of the gold was found. */
const rightFrom = 0.9;

type Compared = Omit<Comparison, "at_equal_quality">;

/** Larder against another arm on the same questions: quality first, then what it took. */
export function compareArms(oursAll: Figures, theirsAll: Figures, options: CompareOptions): Compared {
  const { margin, seed, isComplete } = options;
  const [ours, theirs] = paired(oursAll, theirsAll);
  const clusters = ours.questions.map(({ cluster }) => cluster);
  const draws = { seed, ...(options.resamples === undefined ? {} : { resamples: options.resamples }) };
  const share = (a: readonly number[], b: readonly number[]) =>
    bootstrapSavedShare({ ours: a, theirs: b, clusters }, draws);
  const quality = nonInferiority({ values: minus(ours.quality, theirs.quality), clusters }, margin, draws);
  const tokens = share(ours.tokens, theirs.tokens);
  const money = ours.cost === undefined || theirs.cost === undefined ? undefined : share(ours.cost, theirs.cost);
  const latency =
    ours.totalMs === undefined || theirs.totalMs === undefined ? undefined : share(ours.totalMs, theirs.totalMs);
  const runToRun = spreadOf(theirs.costByRun);
  const decision = decideVerdict({
    ...{ isComplete, margin, nonInferiority: quality, saved: money ?? tokens },
    ...(runToRun === undefined ? {} : { runToRun }),
  });
  const saved = savedPerQuestion(ours, theirs).values;
  return {
    baseline: theirs.arm,
    baseline_budget_tok: theirs.budget,
    our_budget_tok: ours.budget ?? 0,
    n: ours.questions.length,
    clusters: new Set(clusters).size,
    feasible: true,
    reason: null,
    noninferior: {
      status: quality.isEstablished ? "established" : "not_established",
      delta: quality.delta,
      lower: knownBound(quality.lower),
      upper: knownBound(quality.upper),
      margin,
      ...countPairs(ours.quality, theirs.quality),
    },
    savings: {
      tokens: toShare(tokens),
      tokens_capped_by_window: false,
      usd: money === undefined ? null : toShare(money),
      usd_total: money === undefined ? null : toUsd(sum(theirs.cost ?? []) - sum(ours.cost ?? [])),
      latency: latency === undefined ? null : toShare(latency),
      total_ms_delta_p50: latency === undefined ? null : median(minus(theirs.totalMs ?? [], ours.totalMs ?? [])),
      run_to_run_ratio: runToRun ?? null,
    },
    concentration_top1pct_ratio: concentration(saved),
    decided_by: money === undefined ? "tokens" : "usd",
    ...decision,
  };
}

/** What each question saves, in the unit that decides: nano-dollars, or tokens where something has no price. */
export function savedPerQuestion(
  oursAll: Figures,
  theirsAll: Figures,
): { readonly unit: "usd" | "tok"; readonly values: readonly number[] } {
  const [ours, theirs] = paired(oursAll, theirsAll);
  if (ours.cost === undefined || theirs.cost === undefined) {
    return { unit: "tok", values: minus(theirs.tokens, ours.tokens) };
  }
  return { unit: "usd", values: minus(theirs.cost, ours.cost) };
}

/** Share of the total that the best hundredth of the questions saves; `null` where nothing is saved in total. */
export function concentration(saved: readonly number[]): number | null {
  const total = sum(saved);
  if (total <= 0) return null;
  const best = saved.toSorted((a, b) => b - a).slice(0, Math.ceil(saved.length / 100));
  return sum(best) / total;
}

function minus(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((value, i) => value - (b[i] ?? 0));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Of nano-dollars. */
export function toUsd(nano: number): string {
  return formatUsd(BigInt(Math.round(nano)) as NanoUsd);
}

function countPairs(ours: readonly number[], theirs: readonly number[]) {
  const count = (isOurs: boolean, isTheirs: boolean): number =>
    ours.filter((value, i) => value >= rightFrom === isOurs && (theirs[i] ?? 0) >= rightFrom === isTheirs).length;
  const [onlyOurs, onlyTheirs] = [count(true, false), count(false, true)];
  return {
    mcnemar_p: exactMcNemar(onlyOurs, onlyTheirs),
    both_right: count(true, true),
    only_ours: onlyOurs,
    only_theirs: onlyTheirs,
    neither: count(false, false),
  };
}

/** Greatest less smallest run, over their mean. */
function spreadOf(totals: readonly number[] | undefined): number | undefined {
  if (totals === undefined || totals.length < 2) return undefined;
  const middle = sum(totals) / totals.length;
  return middle === 0 ? 0 : (Math.max(...totals) - Math.min(...totals)) / middle;
}

function toShare({ share, low, high, sureLow, sureHigh }: SavedShare) {
  const pair = (a: number, b: number): [number | null, number | null] => [knownBound(a), knownBound(b)];
  return { ratio: knownBound(share), ci: pair(low, high), sure_ci: pair(sureLow, sureHigh) };
}

/** JSON has no infinity: what nobody knows is `null`. */
export function knownBound(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
