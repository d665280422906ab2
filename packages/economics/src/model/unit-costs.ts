/** A month as the sources count it: 730 hours, 2.628 million seconds. */
export const hoursPerMonth = 730;
const secondsPerMonth = hoursPerMonth * 3_600;

/** Dollars of electricity for a million tokens. `tokensPerSecond` is of all streams together. */
export function electricityUsdPerMTok(watts: number, usdPerKwh: number, tokensPerSecond: number): number {
  return (watts * usdPerKwh) / (3.6 * tokensPerSecond);
}

/** Dollars of a month in which the machine only stands ready. */
export function idleUsdPerMonth(watts: number, usdPerKwh: number): number {
  return electricityUsd(watts, hoursPerMonth, usdPerKwh);
}

export function electricityUsd(watts: number, hours: number, usdPerKwh: number): number {
  return (watts * hours * usdPerKwh) / 1_000;
}

export interface Amortisation {
  readonly capexUsd: number;
  /** What it still fetches at the end; below 0 when getting rid of it costs. */
  readonly salvageUsd: number;
  readonly months: number;
  readonly tokensPerSecond: number;
  /** Share of the time that it works, above 0. */
  readonly utilisation: number;
}

/** Dollars of the machine itself for a million tokens. */
export function amortisationUsdPerMTok(machine: Amortisation): number {
  const { capexUsd, salvageUsd, months, tokensPerSecond, utilisation } = machine;
  return ((capexUsd - salvageUsd) / (months * tokensPerSecond * secondsPerMonth * utilisation)) * 1e6;
}

export interface TokenRates {
  /** Tokens in a second, read and written. */
  readonly prefill: number;
  readonly decode: number;
}

/** What a workload is on average, every second of the month. */
export function averageRates(
  queriesPerMonth: number,
  inputTokens: number,
  outputTokens: number,
  seconds = secondsPerMonth,
): TokenRates {
  return { prefill: (queriesPerMonth * inputTokens) / seconds, decode: (queriesPerMonth * outputTokens) / seconds };
}

export interface Capacity {
  /** Machines for reading alone and for writing alone, at the peak. */
  readonly prefillUnits: number;
  readonly decodeUnits: number;
  /** Machines that do both: their time is shared, so the shares add up. A staircase, at least 1. */
  readonly units: number;
  /** Share of the time of all units that the average load takes. */
  readonly utilisation: number;
}

/**
 * Machines that a load needs. Load that can wait is spread, so the peak counts for the rest only.
 * @param peakFactor - busiest second over the average one, at least 1
 * @param utilisationMax - share of a machine's time that may be planned with; above it queues grow
 */
export function capacityFor(
  load: TokenRates,
  speed: TokenRates,
  { peakFactor, utilisationMax, batchableRatio = 0 }: CapacityTerms,
): Capacity {
  const atPeak = batchableRatio + (1 - batchableRatio) * peakFactor;
  const prefill = load.prefill / speed.prefill;
  const decode = load.decode / speed.decode;
  const unitsOf = (share: number) => Math.max(1, Math.ceil((atPeak * share) / utilisationMax - 1e-9));
  const units = unitsOf(prefill + decode);
  return {
    prefillUnits: unitsOf(prefill),
    decodeUnits: unitsOf(decode),
    units,
    utilisation: Math.min(1, (prefill + decode) / units),
  };
}

export interface CapacityTerms {
  readonly peakFactor: number;
  readonly utilisationMax: number;
  readonly batchableRatio?: number;
}

/** What an answer costs for each good one, and with each wrong one paid for as well. */
export function costOfPass(usdPerAnswer: number, successRate: number): number | null {
  return successRate > 0 ? usdPerAnswer / successRate : null;
}

/** Expected dollars of an answer when a wrong one does damage worth `lossUsd`. */
export function costWithErrors(usdPerAnswer: number, successRate: number, lossUsd: number): number {
  return usdPerAnswer + (1 - successRate) * lossUsd;
}
