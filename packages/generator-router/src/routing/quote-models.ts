import type { Candidate, ModelEntry, NanoUsd, PriceBook, Quote, RequestShape } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import type { CoolDowns } from "./cool-downs.ts";
import { tokensFor } from "./expected-tokens.ts";
import type { PrefixTraffic } from "./prefix-traffic.ts";
import { refuseModel } from "./refuse-model.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

export interface QuoteSources {
  readonly priceBook: PriceBook;
  /** By provider id; a provider that is not there has no credentials. */
  readonly providers: ReadonlyMap<string, { readonly isConfigured: boolean; readonly cachesPrompts?: boolean }>;
  readonly coolDowns: Pick<CoolDowns, "pauseOf">;
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
  return { candidates: ranked.map(toCandidate), priceBookId: sources.priceBook.id };
}

interface Ranked extends Omit<Candidate, "reasons"> {
  readonly quality: number;
  readonly hitProbability: number;
}

function rank(
  entry: ModelEntry,
  shape: RequestShape,
  sources: QuoteSources,
  context: Parameters<typeof refuseModel>[1],
  time: QuoteTime,
): Ranked {
  const { provider, model, cache } = entry;
  const connection = sources.providers.get(provider);
  const hitProbability =
    cache === null ? 0 : sources.traffic.hitProbability(provider, model, cache.ttlMs, time.monotonicMs);
  const habit = { hitProbability, cachesPrompts: connection?.cachesPrompts ?? true };
  const tokens = tokensFor(entry, shape, sources.tokenRatio(entry), habit);
  const price = (part: "expected" | "worst") => {
    const priced = sources.priceBook.price(provider, model, tokens[part]);
    return priced.kind === "priced" ? priced.cost : undefined;
  };
  const expectedCost = price("expected");
  const worstCost = price("worst");
  const isConfigured = connection?.isConfigured ?? false;
  const pause = sources.coolDowns.pauseOf(provider, model, time.monotonicMs);
  const { outputTokensMax } = shape;
  const refusals = refuseModel(
    { entry, isConfigured, pause, tokens, outputTokensMax, expectedCost, worstCost },
    context,
  );
  return {
    provider,
    model,
    isEligible: refusals.length === 0,
    ...(expectedCost !== undefined && { expectedCost }),
    ...(worstCost !== undefined && { worstCost }),
    refusals,
    quality: entry.quality ?? -1,
    hitProbability: tokens.expected.inputCacheRead > 0 ? hitProbability : 0,
  };
}

function compare(a: Ranked, b: Ranked): number {
  if (a.isEligible !== b.isEligible) return a.isEligible ? -1 : 1;
  return (
    compareCost(a.expectedCost, b.expectedCost) ||
    b.quality - a.quality ||
    compareText(a.provider, b.provider) ||
    compareText(a.model, b.model)
  );
}

function compareCost(a: NanoUsd | undefined, b: NanoUsd | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function toCandidate({ quality: _, hitProbability, ...candidate }: Ranked, index: number, all: readonly Ranked[]) {
  const reasons = candidate.isEligible
    ? [standing(candidate, index, all, hitProbability)]
    : candidate.refusals.map(({ sentence }) => sentence);
  return { ...candidate, reasons };
}

function standing(candidate: Omit<Candidate, "reasons">, index: number, all: readonly Ranked[], hit: number): string {
  const cost = formatUsd(candidate.expectedCost ?? (0n as NanoUsd));
  const cache = hit === 0 ? "" : ` The shared prefix is cached with a chance of ${Math.round(hit * 100)} %.`;
  if (index === 0) return `The cheapest: $${cost} expected.${cache}`;
  const cheapest = all[0]?.expectedCost ?? (0n as NanoUsd);
  const more = (candidate.expectedCost ?? cheapest) - cheapest;
  if (more === 0n)
    return `$${cost} expected, as much as the cheapest, which has the higher quality or the earlier name.${cache}`;
  return `$${cost} expected, $${formatUsd(more as NanoUsd)} more than the cheapest.${cache}`;
}
