import type {
  Candidate,
  ModelEntry,
  NanoUsd,
  PriceBook,
  Quote,
  Refusal,
  RequestShape,
  UsageTokens,
} from "@larder/contracts";
import { formatUsd, nanoUsd, zeroUsd } from "@larder/contracts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import { tokensFor } from "./expected-tokens.ts";
import type { PrefixTraffic } from "./prefix-traffic.ts";
import type { RefusalContext } from "./refuse-model.ts";
import { refuseModel } from "./refuse-model.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

export interface QuoteSources {
  readonly priceBook: PriceBook;
  /** By provider id; a provider that is not there has no credentials. */
  readonly providers: ReadonlyMap<string, { readonly isConfigured: boolean; readonly cachesPrompts?: boolean }>;
  readonly breaker: Pick<CircuitBreaker, "pauseOf">;
  readonly traffic: Pick<PrefixTraffic, "hitProbability">;
  /** Tokens of a model for one o200k token. */
  tokenRatio(entry: ModelEntry): number;
  readonly isOffline: boolean;
}

export interface QuoteTime {
  readonly monotonicMs: number;
  /** ISO date. */
  readonly today: string;
}

/**
 * Every model with its expected and worst cost of this request, the eligible ones first. Order: expected cost, then
 * the higher quality, then `provider/model`. Cost: one pass over the models and one sort; nothing waits.
 */
export function quoteModels(
  shape: RequestShape,
  resolved: ResolvedPolicy,
  sources: QuoteSources,
  time: QuoteTime,
): Quote {
  const context = { resolved, isOffline: sources.isOffline, today: time.today };
  const ranked = sources.priceBook.models().map((entry) => rank(entry, shape, sources, context, time));
  ranked.sort(compare);
  const candidates = ranked.map((each, index) => toCandidate(each, index, ranked[0]));
  return { candidates, priceBookId: sources.priceBook.id };
}

interface Ranked {
  readonly entry: ModelEntry;
  readonly expectedCost: NanoUsd | undefined;
  readonly worstCost: NanoUsd | undefined;
  readonly refusals: readonly Refusal[];
  /** Costs are compared as doubles where these differ: exact below nine million dollars, and much faster. */
  readonly costKey: number;
  /** Of the shared prefix; 0 when none of it is expected to be read. */
  readonly hitProbability: number;
}

function rank(
  entry: ModelEntry,
  shape: RequestShape,
  sources: QuoteSources,
  context: RefusalContext,
  time: QuoteTime,
): Ranked {
  const { provider, model, cache } = entry;
  const connection = sources.providers.get(provider);
  const hitProbability =
    cache === null ? 0 : sources.traffic.hitProbability(provider, model, cache.ttlMs, time.monotonicMs);
  const habit = { hitProbability, cachesPrompts: connection?.cachesPrompts ?? true };
  const tokens = tokensFor(entry, shape, sources.tokenRatio(entry), habit);
  const expectedCost = costOf(sources.priceBook, entry, tokens.expected);
  const state = {
    entry,
    isConfigured: connection?.isConfigured ?? false,
    pause: sources.breaker.pauseOf(provider, model, time.monotonicMs),
    tokens,
    outputTokensMax: shape.outputTokensMax,
    expectedCost,
    worstCost: costOf(sources.priceBook, entry, tokens.worst),
  };
  return {
    entry,
    expectedCost,
    worstCost: state.worstCost,
    refusals: refuseModel(state, context),
    costKey: expectedCost === undefined ? Number.POSITIVE_INFINITY : Number(expectedCost),
    hitProbability: tokens.expected.inputCacheRead > 0 ? hitProbability : 0,
  };
}

function costOf(priceBook: PriceBook, { provider, model }: ModelEntry, tokens: UsageTokens): NanoUsd | undefined {
  const priced = priceBook.price(provider, model, tokens);
  return priced.kind === "priced" ? priced.cost : undefined;
}

function compare(a: Ranked, b: Ranked): number {
  const isOutA = a.refusals.length > 0;
  if (isOutA !== b.refusals.length > 0) return isOutA ? 1 : -1;
  if (a.costKey !== b.costKey) return a.costKey < b.costKey ? -1 : 1;
  return (
    compareCost(a.expectedCost, b.expectedCost) ||
    (b.entry.quality ?? -1) - (a.entry.quality ?? -1) ||
    compareText(a.entry.provider, b.entry.provider) ||
    compareText(a.entry.model, b.entry.model)
  );
}

function compareCost(a: NanoUsd | undefined, b: NanoUsd | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function toCandidate(ranked: Ranked, index: number, cheapest: Ranked | undefined): Candidate {
  const { entry, expectedCost, worstCost, refusals } = ranked;
  const isEligible = refusals.length === 0;
  const reasons = isEligible ? [standing(ranked, index, cheapest)] : refusals.map(({ sentence }) => sentence);
  const { provider, model } = entry;
  // Written out, not spread: this runs for hundreds of models in each quote.
  if (expectedCost === undefined || worstCost === undefined) return { provider, model, isEligible, reasons, refusals };
  return { provider, model, isEligible, expectedCost, worstCost, reasons, refusals };
}

function standing(
  { expectedCost = zeroUsd, hitProbability }: Ranked,
  index: number,
  cheapest: Ranked | undefined,
): string {
  const cost = formatUsd(expectedCost);
  const hit = Math.round(hitProbability * 100);
  const cache = hitProbability === 0 ? "" : ` The shared prefix is cached with a chance of ${hit} %.`;
  if (index === 0) return `The cheapest: $${cost} expected.${cache}`;
  const more = nanoUsd(expectedCost - (cheapest?.expectedCost ?? expectedCost));
  if (more === 0n)
    return `$${cost} expected, as much as the cheapest, which has more quality or the earlier name.${cache}`;
  return `$${cost} expected, $${formatUsd(more)} more than the cheapest.${cache}`;
}
