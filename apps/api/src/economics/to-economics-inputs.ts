import { LarderError } from "@larder/contracts";
import type { Basis, Decline, EconomicsInputs, LocalMachine, PriceMoves, PricePoint } from "@larder/economics";
import { declineOfFactor, fitDecline, isLongEnough, movesOfIndex, publishedMovesOn } from "@larder/economics";
import type { EconomicsRequest } from "../request/economics-request.ts";
import type { ComparatorChoice } from "./choose-comparator.ts";
import type { LocalSpeed } from "./observe-local-models.ts";

/** Falls of a year at constant quality that were published for 2026 are 5 to 10 x; the slower end is taken. */
const assumedFactor = 5;
const assumedInterval = { low: declineOfFactor(1.5), high: declineOfFactor(10) };
const operationsAssumed = { hours: 4, usdPerHour: 90 };
/** Jumps of the index itself from which on they are used. Below it the index hardly moved. */
const jumpsMin = 3;

export interface ReadInputs {
  readonly inputs: EconomicsInputs;
  readonly warnings: readonly string[];
}

/**
 * The request as the model takes it, with every default that was filled in told as a warning.
 * @throws {@link LarderError} `ECONOMICS_HISTORY_TOO_SHORT`, `ECONOMICS_SPEED_UNKNOWN`
 */
export function toEconomicsInputs(
  request: EconomicsRequest,
  choice: ComparatorChoice,
  observed: readonly LocalSpeed[],
  today: string,
): ReadInputs {
  const warnings: string[] = [];
  const { workload, risk, policy, latency } = request;
  const inputs: EconomicsInputs = {
    today,
    workload: {
      queriesPerMonth: workload.queries_per_month,
      inputTokensPerQuery: workload.in_tok_per_q,
      outputTokensPerQuery: workload.out_tok_per_q,
      peakFactor: workload.peak_factor,
      growthPerMonth: workload.growth_per_month,
      batchableRatio: workload.batchable_ratio,
      basis: workload.basis,
    },
    ...(choice.comparator !== undefined && { comparator: choice.comparator }),
    ...(choice.strictest !== undefined && { strictest: choice.strictest }),
    capableBecause: choice.capableBecause,
    apiAfter: choice.after,
    decline: declineOf(request, warnings),
    moves: movesOf(request, today),
    machine: machineOf(request, observed, warnings),
    policy: { regions: policy.regions, isOfflineRequired: policy.offline_required, blocked: choice.blocked },
    risk: {
      outageHoursPerMonth: risk.outage_hours_per_month,
      usdPerOutageHour: risk.usd_per_outage_hour,
      deprecationsPerMonth: risk.deprecations_per_month,
      usdPerMigration: risk.usd_per_migration,
      usdPerError: risk.usd_per_error,
    },
    ...(latency !== undefined && { latency: { answerMsMax: latency.answer_ms_max } }),
    draws: request.draws,
    seed: request.seed,
  };
  return { inputs, warnings };
}

const indexOf = ({ price_history: history }: EconomicsRequest): readonly PricePoint[] =>
  (history?.constant_quality ?? []).map(({ date, usd_per_query: usd, model, source = "given" }) => ({
    date,
    usdPerQuery: Number(usd),
    model,
    source,
  }));

function declineOf(request: EconomicsRequest, warnings: string[]): Decline {
  const { decline } = request;
  if (decline !== undefined && decline !== "fit") {
    const [slow, fast] = (decline.ci_x_per_year ?? []).toSorted((a, b) => a - b);
    const interval =
      slow === undefined || fast === undefined ? null : { low: declineOfFactor(slow), high: declineOfFactor(fast) };
    return { perMonth: declineOfFactor(decline.x_per_year), interval, basis: "stated", source: "stated" };
  }
  const fitted = fitDecline(indexOf(request));
  if (fitted !== undefined && isLongEnough(fitted)) {
    const { interval, perMonth, points, months } = fitted;
    const source = `fitted to the constant-quality index, ${points} points over ${months.toFixed(1)} months`;
    return { perMonth, interval, basis: "observed", source, fitted };
  }
  if (decline === "fit")
    throw new LarderError("ECONOMICS_HISTORY_TOO_SHORT", { details: { points: indexOf(request).length } });
  warnings.push(
    "No price decline was given, nor a history long enough to fit one: 5x a year is assumed, 1.5x to 10x as its range.",
  );
  const source = "assumed: published falls at constant quality are 5x to 10x a year";
  return { perMonth: declineOfFactor(assumedFactor), interval: assumedInterval, basis: "assumed", source };
}

function movesOf(request: EconomicsRequest, today: string): PriceMoves {
  const { price_moves: given } = request;
  if (given !== undefined) {
    return { logRatios: given.log_ratios, months: given.months, source: given.source, isObserved: true };
  }
  const index = indexOf(request);
  const isOneList = new Set(index.map(({ source }) => source)).size === 1;
  const own = movesOfIndex(isOneList ? index : [], "the constant-quality index");
  return own.logRatios.length >= jumpsMin ? own : publishedMovesOn(today);
}

function machineOf(request: EconomicsRequest, observed: readonly LocalSpeed[], warnings: string[]): LocalMachine {
  const { local } = request;
  if (local.running_usd_per_month === undefined && local.ops_hours_per_month === undefined) {
    warnings.push(`Hours of operations were not given: ${operationsAssumed.hours} a month are assumed.`);
  }
  if (local.rate_usd_per_h === undefined) {
    warnings.push(`What an hour of operations costs was not given: $${operationsAssumed.usdPerHour} are assumed.`);
  }
  const quarter = local.capex_usd / 4;
  return {
    name: local.name,
    capexUsd: local.capex_usd,
    setupHours: local.setup_hours,
    lifeMonths: local.life_months,
    salvage: {
      usd: local.salvage.usd,
      lowUsd: local.salvage.low_usd ?? local.salvage.usd - quarter,
      highUsd: local.salvage.high_usd ?? local.salvage.usd + quarter,
      decayPerMonth: local.salvage.decay_per_month,
    },
    activeWatts: local.power_w.active,
    idleWatts: local.power_w.idle,
    usdPerKwh: local.kwh_usd,
    ...speedOf(request, observed),
    utilisationMax: local.utilisation_max,
    operationsHoursPerMonth: local.ops_hours_per_month ?? operationsAssumed.hours,
    usdPerOperationsHour: local.rate_usd_per_h ?? operationsAssumed.usdPerHour,
    operationsBasis: operationsBasisOf(local),
    otherUsdPerMonth: local.other_usd_per_month,
    ...(local.running_usd_per_month !== undefined && { runningUsdPerMonth: local.running_usd_per_month }),
    quality: local.quality ?? null,
    qualityGate: local.quality_gate ?? gateOf(local.quality, request.min_quality),
  };
}

/** Where the running cost is one figure, hours matter for the set-up alone. */
function operationsBasisOf({ running_usd_per_month: running, ...local }: EconomicsRequest["local"]): Basis {
  const areHoursTold = local.ops_hours_per_month !== undefined || running !== undefined;
  const isRateTold = local.rate_usd_per_h !== undefined || (running !== undefined && local.setup_hours === 0);
  return areHoursTold && isRateTold ? "stated" : "assumed";
}

/** The same gate that the API's model passes; without a figure on either side nothing is known. */
function gateOf(quality: number | undefined, least: number | undefined): LocalMachine["qualityGate"] {
  if (quality === undefined || least === undefined) return "unknown";
  return quality >= least ? "passed" : "failed";
}

type Speed = Pick<LocalMachine, "tokensPerSecond" | "concurrency" | "speedBasis" | "speedMeasuredAt">;

function speedOf({ local: { tok_per_s: given } }: EconomicsRequest, observed: readonly LocalSpeed[]): Speed {
  if (given !== undefined) {
    const { prefill, decode, concurrency, measured_at: measuredAt } = given;
    return {
      tokensPerSecond: { prefill, decode },
      concurrency,
      speedBasis: measuredAt === undefined ? "stated" : "measured",
      ...(measuredAt !== undefined && { speedMeasuredAt: measuredAt }),
    };
  }
  const timed = observed.flatMap(({ prefill, tokensPerSecond: decode, answers }) =>
    prefill === null || decode === null ? [] : [{ prefill, decode, answers }],
  );
  const [most] = timed.toSorted((a, b) => b.answers - a.answers);
  if (most === undefined) throw new LarderError("ECONOMICS_SPEED_UNKNOWN");
  return { tokensPerSecond: { prefill: most.prefill, decode: most.decode }, concurrency: 1, speedBasis: "observed" };
}
