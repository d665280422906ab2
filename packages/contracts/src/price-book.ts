import type { NanoUsd, NanoUsdPerMTok } from "./money.ts";
import type { UsageBucket, UsageTokens } from "./usage.ts";

/**
 * Rates per bucket. What a source leaves out follows the field's rule: a missing cache read or write costs fresh input,
 * missing reasoning costs output text. A missing input or output rate makes the model unpriced; it is never free.
 */
export interface Rates {
  readonly inputFresh: NanoUsdPerMTok;
  readonly outputText: NanoUsdPerMTok;
  readonly inputCacheRead?: NanoUsdPerMTok;
  readonly inputCacheWrite?: NanoUsdPerMTok;
  readonly outputReasoning?: NanoUsdPerMTok;
}

/** Rates that hold for the whole request once its total input passes a line. */
export interface PriceTier {
  readonly inputTokens: number;
  /** `true`: from `inputTokens` on (>=); `false`: above it (>). */
  readonly isInclusive: boolean;
  readonly rates: Rates;
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
  readonly rates: Rates | null;
  /** By `inputTokens`, ascending. */
  readonly tiers: readonly PriceTier[];
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
  | { readonly kind: "unpriced"; readonly bucket: UsageBucket };

/** A versioned set of prices. In memory: nothing here does I/O, nothing is fetched. */
export interface PriceBook {
  /** Changes with every price in it; each cost records it. */
  readonly id: string;
  /** ISO date of its newest source. */
  readonly asOf: string;
  models(): readonly ModelEntry[];
  find(provider: string, model: string): ModelEntry | undefined;
  /**
   * Cost of these tokens, tier chosen by their total input, rounded up once. An unknown model is `unpriced`.
   * Zero tokens of a priced model cost exactly 0.
   */
  price(provider: string, model: string, tokens: UsageTokens): Priced;
  findings(): readonly PriceFinding[];
}
