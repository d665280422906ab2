import type { Candidate, NanoUsd, Quote, Refusal, RequestShape, UsageTokens } from "@larder/contracts";
import { formatUsd, nanoUsd, zeroUsd } from "@larder/contracts";
import { tokensFor } from "./expected-tokens.ts";
import type { QuoteSources, QuoteTime } from "./quote-sources.ts";
import { termsFor } from "./quote-sources.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";
import type { ModelScan } from "./scan-models.ts";
import { scanModels } from "./scan-models.ts";

/**
 * Every model with its expected and worst cost of this request, the eligible ones first. Order: expected cost, then
 * the higher quality, then `provider/model`. Cost: one pass over the models; the sort, the exact figures and the
 * sentences wait until somebody reads `candidates`, and are then those of the moment of the quote. Nothing waits on I/O.
 */
export function quoteModels(
  shape: RequestShape,
  resolved: ResolvedPolicy,
  sources: QuoteSources,
  time: QuoteTime,
): ModelQuote {
  const scan = scanModels(shape, resolved, sources, time);
  const { best } = scan;
  let candidates: readonly Candidate[] | undefined;
  const made = (order: readonly number[]) => {
    const first = order[0];
    const cheapest = first === undefined ? undefined : toRanked(scan, first).expectedCost;
    return order.map((index, rank) => toCandidate(toRanked(scan, index), rank, cheapest));
  };
  return {
    priceBookId: sources.priceBook.id,
    get candidates() {
      candidates ??= made(scan.order());
      return candidates;
    },
    shortlist() {
      const order = scan.order();
      const eligible = order.findIndex((index) => !scan.isEligible(index));
      const eligibleCount = eligible === -1 ? order.length : eligible;
      const kept = [
        ...order.slice(0, Math.min(eligibleCount, keptMax)),
        ...order.slice(eligibleCount).slice(0, keptMax),
      ];
      return { candidates: made(eligibleCount === 0 ? order : kept), outCounts: scan.outCounts() };
    },
    ...(best !== undefined && {
      get cheapest() {
        const ranked = toRanked(scan, best);
        return toCandidate(ranked, 0, ranked.expectedCost);
      },
    }),
  };
}

/** Most candidates of a kind, eligible or out, that a route keeps: a receipt must not grow with the catalog. */
export const keptMax = 32; // chosen arbitrarily: ten times the attempts of a request

/** A quote whose beginning can be had without the rest. */
export interface ModelQuote extends Quote {
  /**
   * The first eligible candidates and the first that are out, {@link keptMax} of each, and how many are out for what
   * first. Without an eligible one all of them, for then the reasons are what is asked for.
   */
  shortlist(): Shortlist;
}

export interface Shortlist {
  readonly candidates: readonly Candidate[];
  readonly outCounts: ReadonlyMap<Refusal["code"], number>;
}

interface Ranked extends Pick<Candidate, "provider" | "model" | "refusals"> {
  readonly expectedCost: NanoUsd | undefined;
  readonly worstCost: NanoUsd | undefined;
  /** Of the shared prefix; 0 when none of it is expected to be read. */
  readonly hitProbability: number;
}

/** What the scan left out of one model: exact figures and the text of its refusals. */
function toRanked(scan: ModelScan, index: number): Ranked {
  const { sources, shape, time, resolved } = scan;
  const { row, ratio, habit, refusals } = scan.at(index);
  const { entry } = row;
  const tokens = tokensFor(entry, shape, ratio, habit);
  const terms = termsFor(entry, resolved, time);
  const priceOf = (used: UsageTokens) => {
    const priced = sources.priceBook.price(entry.provider, entry.model, used, terms);
    return priced.kind === "priced" ? priced.cost : undefined;
  };
  return {
    provider: entry.provider,
    model: entry.model,
    refusals,
    expectedCost: priceOf(tokens.expected),
    worstCost: priceOf(tokens.worst),
    hitProbability: tokens.expected.inputCacheRead > 0 ? habit.hitProbability : 0,
  };
}

function toCandidate(ranked: Ranked, rank: number, cheapest: NanoUsd | undefined): Candidate {
  const { provider, model, expectedCost, worstCost, refusals } = ranked;
  const isEligible = refusals.length === 0;
  const reasons = isEligible ? [standing(ranked, rank, cheapest)] : refusals.map(({ sentence }) => sentence);
  // Written out, not spread: this runs for hundreds of models in each quote that is read whole.
  if (expectedCost === undefined || worstCost === undefined) return { provider, model, isEligible, reasons, refusals };
  return { provider, model, isEligible, expectedCost, worstCost, reasons, refusals };
}

function standing(
  { expectedCost = zeroUsd, hitProbability }: Ranked,
  rank: number,
  cheapest: NanoUsd | undefined,
): string {
  const cost = formatUsd(expectedCost);
  const hit = Math.round(hitProbability * 100);
  const cache = hitProbability === 0 ? "" : ` The shared prefix is cached with a chance of ${hit} %.`;
  if (rank === 0) return `The cheapest: $${cost} expected.${cache}`;
  const more = nanoUsd(expectedCost - (cheapest ?? expectedCost));
  if (more === 0n)
    return `$${cost} expected, as much as the cheapest, which has more quality or the earlier name.${cache}`;
  return `$${cost} expected, $${formatUsd(more)} more than the cheapest.${cache}`;
}
