import type {
  Candidate,
  CandidateEscalation,
  ModelKnowledge,
  NanoUsd,
  NearRequests,
  QualityPosterior,
  Quote,
  Refusal,
  RequestShape,
  UsageTokens,
} from "@larder/contracts";
import { formatUsd, nanoUsd, nearCounts, zeroUsd } from "@larder/contracts";
import { tokensFor } from "./expected-tokens.ts";
import { withLazyMembers } from "./lazy-members.ts";
import { rowsOf } from "./model-rows.ts";
import type { QuoteSources, QuoteTime } from "./quote-sources.ts";
import { termsFor } from "./quote-sources.ts";
import type { ResolvedPolicy } from "./resolve-policy.ts";
import type { ModelScan } from "./scan-models.ts";
import { scanModels } from "./scan-models.ts";

/**
 * Every model with its expected and worst cost of this request, the eligible ones first. Order: expected cost, then
 * the higher quality, then `provider/model`. Where a failing answer would be asked for anew, the order is by the call and
 * that chance together, so that a start with the dearer model wins when it is cheaper altogether. Cost: one pass over the models; the sort, the exact figures and the
 * sentences wait until somebody reads `candidates`, and are then those of the moment of the quote. Nothing waits on I/O.
 */
export function quoteModels(
  shape: RequestShape,
  resolved: ResolvedPolicy,
  sources: QuoteSources,
  time: QuoteTime,
): ModelQuote {
  const scan = scanUnlessNobody(shape, resolved, sources, time);
  const { best } = scan;
  const made = (order: readonly number[]) => {
    const first = order[0];
    const cheapest = first === undefined ? undefined : totalOf(toRanked(scan, first));
    return order.map((index, rank) => toCandidate(toRanked(scan, index), rank, cheapest));
  };
  const cheapest = (index: number) => {
    const ranked = toRanked(scan, index);
    return toCandidate(ranked, 0, totalOf(ranked));
  };
  return withLazyMembers(
    {
      priceBookId: sources.priceBook.id,
      scan,
      eligible: () => made(scan.first("eligible", keptMax)),
      out: (most: number) => scan.first("out", most).map((index) => toCandidate(toRanked(scan, index), 0, undefined)),
    },
    {
      candidates: () => made(scan.order()),
      ...(best !== undefined && { cheapest: () => cheapest(best) }),
    },
  );
}

/** Requests like this one choose among models; where they would leave nobody, the decision is the one without them. */
function scanUnlessNobody(...[shape, ...rest]: Parameters<typeof scanModels>): ModelScan {
  const scan = scanModels(shape, ...rest);
  if (scan.best !== undefined || shape.near === undefined || !isOutByNear(scan, shape.near)) return scan;
  const { near: _, ...plain } = shape;
  const without = scanModels(plain, ...rest);
  return without.best === undefined ? scan : without;
}

/** Whether a model that they tell of is out for its quality and nothing else. */
function isOutByNear(scan: ModelScan, { outcomes }: NearRequests): boolean {
  const { places } = rowsOf(scan.sources.priceBook);
  return outcomes.some(({ provider, model }) => {
    const index = places.get(`${provider}/${model}`);
    return index !== undefined && scan.at(index).refusals.every(({ code }) => code === "quality_below_minimum");
  });
}

/** Most candidates of a kind, eligible or out, that a route keeps: a receipt must not grow with the catalog. */
export const keptMax = 32; // chosen arbitrarily: ten times the attempts of a request

/** A quote whose beginning can be had without the rest. */
export interface ModelQuote extends Quote {
  readonly scan: ModelScan;
  /** The first {@link keptMax} eligible candidates. Made at each call. */
  eligible(): readonly Candidate[];
  /** The first that are out. Made at each call. */
  out(most: number): readonly Candidate[];
}

/** How many models are out, by the code of the first reason. */
export type OutCounts = ReadonlyMap<Refusal["code"], number>;

interface Ranked extends Pick<Candidate, "provider" | "model" | "refusals"> {
  readonly expectedCost: NanoUsd | undefined;
  readonly worstCost: NanoUsd | undefined;
  readonly tokens: UsageTokens;
  readonly tokenRatio: number;
  readonly knowledge: ModelKnowledge | undefined;
  readonly quality: QualityPosterior | undefined;
  readonly escalation: CandidateEscalation | undefined;
  /** Of the shared prefix; 0 when none of it is expected to be read. */
  readonly hitProbability: number;
}

/** What the scan left out of one model: exact figures and the text of its refusals. */
function toRanked(scan: ModelScan, index: number): Ranked {
  const { sources, shape, time, resolved } = scan;
  const { row, ratio, habit, output, refusals, knowledge, quality, escalation } = scan.at(index);
  const { entry } = row;
  const tokens = tokensFor(entry, shape, ratio, habit, output);
  const terms = termsFor(entry, resolved, time);
  const priceOf = (used: UsageTokens) => {
    const priced = sources.priceBook.price(entry.provider, entry.model, used, terms);
    return priced.kind === "priced" ? priced.cost : undefined;
  };
  return {
    provider: entry.provider,
    model: entry.model,
    refusals,
    knowledge,
    quality,
    escalation,
    tokens: tokens.expected,
    tokenRatio: ratio,
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
  if (!isEligible) return { provider, model, isEligible, expectedCost, worstCost, reasons, refusals };
  const { tokens, tokenRatio, hitProbability, knowledge, quality, escalation } = ranked;
  const output = knowledge?.outputText;
  return {
    provider,
    model,
    isEligible,
    expectedCost,
    worstCost,
    reasons,
    refusals,
    expected: { tokens, hitProbability, tokenRatio, ...(output && { output }) },
    ...(quality && { quality }),
    ...(escalation && { escalation }),
  };
}

const totalOf = ({ expectedCost, escalation }: Ranked) => escalation?.totalCost ?? expectedCost;

function standing(
  { expectedCost: callCost = zeroUsd, hitProbability, escalation, quality }: Ranked,
  rank: number,
  cheapest: NanoUsd | undefined,
): string {
  const expectedCost = escalation?.totalCost ?? callCost;
  const cost = formatUsd(expectedCost);
  const hit = Math.round(hitProbability * 100);
  const prefix = hitProbability === 0 ? "" : ` The shared prefix is cached with a chance of ${hit} %.`;
  const near = !quality?.near?.trust ? "" : ` At requests like this one: ${nearCounts(quality.near)}.`;
  const cache = `${prefix}${escalation === undefined ? "" : escalationSentence(callCost, escalation)}${near}`;
  if (rank === 0) return `The cheapest: $${cost} expected.${cache}`;
  const more = nanoUsd(expectedCost - (cheapest ?? expectedCost));
  if (more === 0n)
    return `$${cost} expected, as much as the cheapest, which has more quality or the earlier name.${cache}`;
  return `$${cost} expected, $${formatUsd(more)} more than the cheapest.${cache}`;
}

function escalationSentence(callCost: NanoUsd, { provider, model, probability }: CandidateEscalation): string {
  const chance = Math.round(probability * 100);
  return ` The call itself costs $${formatUsd(callCost)}; with a chance of ${chance} % ${provider}/${model} is asked too.`;
}
