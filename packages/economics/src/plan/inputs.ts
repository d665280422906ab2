import type { FittedDecline } from "../history/fit-decline.ts";
import type { PriceMoves } from "../history/price-moves.ts";
import type { TokenRates } from "../model/unit-costs.ts";

/** How well a figure is known, best first. A result is as good as the weakest that it rests on. */
export const bases = ["measured", "observed", "catalog", "stated", "assumed"] as const;
export type Basis = (typeof bases)[number];

export function weakestOf(all: readonly Basis[]): Basis {
  return bases[Math.max(0, ...all.map((basis) => bases.indexOf(basis)))] ?? "assumed";
}

export interface Workload {
  readonly queriesPerMonth: number;
  readonly inputTokensPerQuery: number;
  readonly outputTokensPerQuery: number;
  /** Busiest second over the average one, >= 1. */
  readonly peakFactor: number;
  /** Continuous: volume is e^(growth·months). May be below 0. */
  readonly growthPerMonth: number;
  /** Share that may wait for a batch lane, 0 … 1. */
  readonly batchableRatio: number;
  readonly basis: Basis;
}

/** A model of an API that could answer, with what one query costs there after caching, batch lane and region. */
export interface ApiOption {
  readonly provider: string;
  readonly model: string;
  readonly usdPerQuery: number;
  /** 0 … 1; `null` where nothing is known. */
  readonly quality: number | null;
  readonly qualityBasis: Basis | null;
  /** ISO date. */
  readonly retiresOn?: string;
}

/** A model that is out before its price is looked at, and why. */
export interface BlockedOption {
  readonly name: string;
  readonly reason: string;
}

export interface Decline {
  /** k; below 0 the price rises. */
  readonly perMonth: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly basis: Basis;
  /** Where it is from, in words. */
  readonly source: string;
  readonly fitted?: FittedDecline;
}

export interface Salvage {
  /** What the machine would fetch on the first day; below 0 when getting rid of it costs. */
  readonly usd: number;
  /** Both signs of its risk. */
  readonly lowUsd: number;
  readonly highUsd: number;
  /** Loss of value: e^(-decay·months). */
  readonly decayPerMonth: number;
}

export interface LocalMachine {
  readonly name: string;
  /** Of one unit. */
  readonly capexUsd: number;
  readonly setupHours: number;
  readonly lifeMonths: number;
  /** Of one unit. */
  readonly salvage: Salvage;
  /** Of one unit. */
  readonly activeWatts: number;
  readonly idleWatts: number;
  readonly usdPerKwh: number;
  /** Of one unit, all streams together. */
  readonly tokensPerSecond: TokenRates;
  /** Streams that these speeds were found with. */
  readonly concurrency: number;
  readonly speedBasis: Basis;
  readonly speedMeasuredAt?: string;
  /** Share of the time that may be planned with. */
  readonly utilisationMax: number;
  readonly operationsHoursPerMonth: number;
  readonly usdPerOperationsHour: number;
  /** Of the hours and of what they cost; usually the largest running cost. */
  readonly operationsBasis: Basis;
  /** Space, support, licences. */
  readonly otherUsdPerMonth: number;
  /** Stands in the place of electricity, operations and the rest when it is given. */
  readonly runningUsdPerMonth?: number;
  readonly quality: number | null;
  readonly qualityGate: "passed" | "failed" | "unknown";
}

export interface PolicyTerms {
  readonly regions: readonly string[];
  readonly isOfflineRequired: boolean;
  readonly blocked: readonly BlockedOption[];
}

/** What an outage and a forced move cost, for whoever hedges. Absent figures are 0. */
export interface RiskTerms {
  readonly outageHoursPerMonth: number;
  readonly usdPerOutageHour: number;
  /** That a model must be left in a month, and what that takes. */
  readonly deprecationsPerMonth: number;
  readonly usdPerMigration: number;
  /** Damage of one wrong answer. */
  readonly usdPerError: number;
}

export interface LatencyTerms {
  /** Longest time for one whole answer. */
  readonly answerMsMax: number;
}

export interface EconomicsInputs {
  /** ISO date on which this is asked. */
  readonly today: string;
  readonly workload: Workload;
  /** The cheapest that is capable; absent when policy or quality leaves none. */
  readonly comparator?: ApiOption;
  /** Why it is capable, or that nothing was measured. */
  readonly capableBecause: string;
  /** What a stricter idea of "capable" would take; the comparator itself where there is none. */
  readonly strictest?: ApiOption;
  readonly apiAfter: readonly string[];
  readonly decline: Decline;
  readonly moves: PriceMoves;
  readonly machine: LocalMachine;
  readonly policy: PolicyTerms;
  readonly risk: RiskTerms;
  readonly latency?: LatencyTerms;
  readonly draws: number;
  readonly seed: number;
}
