import type { NanoUsd, NanoUsdPerMTok } from "./money.ts";
import type { PriceLane, UsageBucket, UsageTokens } from "./usage.ts";

/**
 * Rates per bucket, in nano-dollars per million tokens. What a source leaves out follows the bucket's rule, and is never
 * free: cache read and image cost fresh input; a write costs fresh input, a long write what a short one costs; reasoning
 * costs output text. Audio has no such rule: a missing audio rate leaves audio tokens unpriced. An explicit 0 is 0.
 */
export interface Rates {
  readonly inputFresh: NanoUsdPerMTok;
  readonly outputText: NanoUsdPerMTok;
  readonly inputCacheRead?: NanoUsdPerMTok;
  /** Kept for five minutes, or for the provider's only time. */
  readonly inputCacheWrite?: NanoUsdPerMTok;
  /** Kept for an hour. */
  readonly inputCacheWriteLong?: NanoUsdPerMTok;
  readonly inputAudio?: NanoUsdPerMTok;
  readonly inputImage?: NanoUsdPerMTok;
  readonly outputReasoning?: NanoUsdPerMTok;
  readonly outputAudio?: NanoUsdPerMTok;
}

/** Rates that hold for the whole request once its total input passes a line. */
export interface PriceTier {
  readonly inputTokens: number;
  /** `true`: from `inputTokens` on (>=); `false`: above it (>). */
  readonly isInclusive: boolean;
  readonly rates: Rates;
}

/**
 * Prices of one lane. A rate it leaves out is the standard card's at the same line; where the standard card has a line
 * that this one lacks, the standard card's rates hold above it, so that a lane's cost is never understated.
 */
export interface RateCard {
  readonly rates: Rates;
  /** By `inputTokens`, ascending. */
  readonly tiers: readonly PriceTier[];
}

/** Multiplies every token rate of a request served in `region` by `numerator / denominator`, both whole and above 0. */
export interface RegionMultiplier {
  readonly region: string;
  readonly numerator: number;
  readonly denominator: number;
}

/** A daily stretch of UTC minutes, 0 … 1440: start inclusive, end exclusive. `end <= start` wraps past midnight. */
export interface OffPeakWindow {
  readonly startMinute: number;
  readonly endMinute: number;
  /** UTC weekdays, 0 is Sunday, of the moment that is priced. Absent: every day. */
  readonly weekdays?: readonly number[];
}

/** Rates that replace the standard card's, whatever its line, while a window is open. What they leave out stays. */
export interface OffPeak {
  readonly windows: readonly OffPeakWindow[];
  readonly rates: Partial<Rates>;
}

/** Fees besides tokens, which no region multiplies. */
export interface RequestFees {
  /** For each request. */
  readonly request?: NanoUsd;
  /** For each web search. Absent: the fee is unknown, and a request that searched is unpriced. */
  readonly search?: NanoUsd;
}

export interface PriceSource {
  readonly name: string;
  readonly url?: string;
  /** ISO date on which the source said so. */
  readonly asOf: string;
}

export type Capability = "json_schema" | "json_object" | "tools" | "vision" | "reasoning" | "system_prompt";

/** Rules of a provider's prompt cache, as far as a cost needs them. */
export interface CacheRules {
  /** A shorter prefix is not cached. */
  readonly prefixTokensMin: number;
  readonly ttlMs: number;
  /** Each use begins the time anew. Absent: taken to be so, which keeps a cache warm longest. */
  readonly isRenewedByUse?: boolean;
  /** For each hour that a million tokens are kept, where the provider bills the keeping. */
  readonly storagePerMTokHour?: NanoUsdPerMTok;
}

/** One model at one provider, with what is known of it. Unknown is `null`, never 0. */
export interface ModelEntry {
  /** Id of the provider: `openai`, `anthropic`, or an `id` of the providers file. */
  readonly provider: string;
  /** As the provider's API wants it. */
  readonly model: string;
  /** Runs on this machine or network: nothing leaves, and no budget blocks it. */
  readonly isLocal: boolean;
  readonly regions: readonly string[];
  readonly contextTokens: number | null;
  readonly outputTokensMax: number | null;
  /** How its weights are stored, in the words of the server that runs it here. */
  readonly quantization?: string;
  readonly rates: Rates | null;
  /** By `inputTokens`, ascending. */
  readonly tiers: readonly PriceTier[];
  /** Other lanes than the standard one. A lane without a card is billed at the standard one. */
  readonly cards?: Partial<Readonly<Record<Exclude<PriceLane, "standard">, RateCard>>>;
  readonly regionMultipliers?: readonly RegionMultiplier[];
  readonly offPeak?: OffPeak;
  readonly fees?: RequestFees;
  readonly cache: CacheRules | null;
  readonly capabilities: readonly Capability[];
  /** 0 … 1: prior evidence that the model answers grounded questions well. */
  readonly quality: number | null;
  /** ISO date after which the provider no longer serves it. */
  readonly retiresOn?: string;
  readonly sources: readonly PriceSource[];
}

/** What a lint found in an entry: never a reason to guess a price. */
export interface PriceFinding {
  readonly provider: string;
  readonly model: string;
  readonly code: string;
  readonly message: string;
}

export type Priced =
  | { readonly kind: "priced"; readonly cost: NanoUsd }
  /** `bucket`: the first whose rate is unknown or whose count is none. */
  | { readonly kind: "unpriced"; readonly bucket: UsageBucket | "searches" };

/** How and when a request is served. Absent: the standard lane, nowhere in particular, no off-peak hour, no search. */
export interface PriceTerms {
  readonly lane?: PriceLane;
  /** Multiplied where the model has a multiplier for it, else not. */
  readonly region?: string;
  /** Wall time in UTC milliseconds at which the request is billed; without it no off-peak rate holds. */
  readonly atMs?: number;
  /** Whole number >= 0. */
  readonly searches?: number;
}

/** A versioned set of prices. In memory: nothing here does I/O, nothing is fetched. */
export interface PriceBook {
  /** Changes with every price in it; each cost records it. */
  readonly id: string;
  /** ISO date of its newest source. */
  readonly asOf: string;
  models(): readonly ModelEntry[];
  find(provider: string, model: string): ModelEntry | undefined;
  /**
   * Cost of one request: lane's card, tier chosen by the total input, off-peak hour, region, rounded up once, then fees.
   * An unknown model is `unpriced`. Zero tokens of a priced model without a request fee cost exactly 0.
   */
  price(provider: string, model: string, tokens: UsageTokens, terms?: PriceTerms): Priced;
  findings(): readonly PriceFinding[];
}
