import type { ModelEntry, ModelKnowledge, PriceBook, PriceTerms, RequestShape } from "@larder/contracts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import type { PrefixTraffic } from "./prefix-traffic.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";

/** What a quote is made of, besides the request and the policy. */
export interface QuoteSources {
  readonly priceBook: PriceBook;
  /** By provider id; a provider that is not there has no credentials. */
  readonly providers: ReadonlyMap<string, { readonly isConfigured: boolean; readonly cachesPrompts?: boolean }>;
  readonly breaker: Pick<CircuitBreaker, "pauseOf">;
  readonly traffic: Pick<PrefixTraffic, "hitProbability">;
  /** Tokens of a model for one o200k token. */
  tokenRatio(entry: Pick<ModelEntry, "provider" | "model">): number;
  /** What was learned of a model; its ratio goes before {@link tokenRatio}. */
  knowledge(entry: ModelEntry, shape: RequestShape, nowMs: number): ModelKnowledge | undefined;
  readonly isOffline: boolean;
}

export interface QuoteTime {
  readonly monotonicMs: number;
  /** Wall time, by which off-peak hours are priced. */
  readonly nowMs: number;
  /** ISO date. */
  readonly today: string;
}

/** Where the request would be served, of the regions that the policy allows, and when: what its price may depend on. */
export function termsFor(
  { regions }: Pick<ModelEntry, "regions">,
  { policy }: Pick<ResolvedPolicy, "policy">,
  { nowMs: atMs }: Pick<QuoteTime, "nowMs">,
): PriceTerms & { readonly atMs: number } {
  const region = policy.regions?.find((each) => regions.includes(each));
  return { atMs, ...(region !== undefined && { region }) };
}
