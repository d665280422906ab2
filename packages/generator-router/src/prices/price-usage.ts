import type { NanoUsd, PriceBook, Usage } from "@larder/contracts";

/** What is known of how a request was sent, for what its reply does not tell. */
export interface SentTerms {
  readonly lane?: Usage["lane"];
  readonly region?: string;
  /** Wall time in UTC milliseconds at which it was sent. */
  readonly atMs: number;
}

/**
 * What one call cost: the provider's own figure where it gives one, else the price book's for the lane and region that
 * the reply tells, or that were asked for. `undefined` when a price is unknown, which is not 0.
 */
export function priceUsage(
  priceBook: PriceBook,
  { provider, model }: { readonly provider: string; readonly model: string },
  usage: Usage,
  sent: SentTerms,
): NanoUsd | undefined {
  if (usage.billedCost !== undefined) return usage.billedCost;
  const lane = usage.lane ?? sent.lane;
  const region = usage.region ?? sent.region;
  const priced = priceBook.price(provider, model, usage.tokens, {
    atMs: sent.atMs,
    ...(lane !== undefined && { lane }),
    ...(region !== undefined && { region }),
    ...(usage.searches !== undefined && { searches: usage.searches }),
  });
  return priced.kind === "priced" ? priced.cost : undefined;
}
