import type {
  Candidate,
  CandidateEscalation,
  ModelEntry,
  ModelKnowledge,
  NanoUsd,
  PriceBook,
  QualityPosterior,
  Quote,
  Refusal,
  RequestShape,
  UsageTokens,
} from "@larder/contracts";
import { formatUsd, nanoUsd, zeroUsd } from "@larder/contracts";
import { priorOf } from "../memory/quality-prior.ts";
import type { CoolDowns } from "./cool-downs.ts";
import { escalationCosts } from "./escalation-costs.ts";
import { expectedOutput } from "./expected-output.ts";
import type { ModelTokens } from "./expected-tokens.ts";
import { tokensFor } from "./expected-tokens.ts";
import type { PrefixTraffic } from "./prefix-traffic.ts";
import type { RefusalContext } from "./refuse-model.ts";
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
  /** What was learned of a model; its ratio goes before {@link tokenRatio}. */
  knowledge(entry: ModelEntry, shape: RequestShape, nowMs: number): ModelKnowledge | undefined;
  readonly isOffline: boolean;
}

export interface QuoteTime {
  readonly monotonicMs: number;
  readonly nowMs: number;
  /** ISO date. */
  readonly today: string;
}

/**
 * Every model with its expected and worst cost of this request, the eligible ones first. Order: expected cost, then
 * the higher quality, then `provider/model`. Where a failing answer would be asked for anew, a candidate's cost for the
 * order holds its chance and the other's price: a start with the dearer model wins when it is cheaper altogether.
 * Cost: one pass over the models and one sort, two where answers may be asked for anew; nothing waits.
 */
export function quoteModels(
  shape: RequestShape,
  resolved: ResolvedPolicy,
  sources: QuoteSources,
  time: QuoteTime,
): Quote {
  const context = { resolved, isOffline: sources.isOffline, today: time.today, nowMs: time.nowMs };
  const ranked = sources.priceBook.models().map((entry) => rank(entry, shape, sources, context, time));
  if (shape.escalation !== undefined) escalate(ranked, shape.escalation);
  ranked.sort(compare);
  const candidates = ranked.map((each, index) => toCandidate(each, index, ranked[0]));
  return { candidates, priceBookId: sources.priceBook.id };
}

interface Ranked {
  readonly entry: ModelEntry;
  readonly provider: string;
  readonly model: string;
  readonly expectedCost: NanoUsd | undefined;
  readonly worstCost: NanoUsd | undefined;
  readonly refusals: readonly Refusal[];
  /** Costs are compared as doubles where these differ: exact below nine million dollars, and much faster. */
  costKey: number;
  readonly tokens: ModelTokens;
  readonly tokenRatio: number;
  readonly knowledge: ModelKnowledge | undefined;
  readonly quality: QualityPosterior | undefined;
  escalation?: CandidateEscalation;
  /** Of the shared prefix; 0 when none of it is expected to be read. */
  readonly hitProbability: number;
}

function escalate(ranked: readonly Ranked[], rates: NonNullable<RequestShape["escalation"]>): void {
  const eligible = ranked.filter(({ refusals }) => refusals.length === 0);
  for (const [each, escalation] of escalationCosts(eligible, rates)) {
    each.escalation = escalation;
    each.costKey = Number(escalation.totalCost);
  }
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
  const knowledge = sources.knowledge(entry, shape, time.nowMs);
  const hits =
    cache === null ? 0 : sources.traffic.hitProbability(provider, model, cache.ttlMs, time.monotonicMs, shape.prefixId);
  const hitProbability = hits * (knowledge?.cacheYield ?? 1);
  const habit = { hitProbability, cachesPrompts: connection?.cachesPrompts ?? true };
  const tokenRatio = knowledge?.tokenRatio ?? sources.tokenRatio(entry);
  const tokens = tokensFor(entry, shape, tokenRatio, habit, expectedOutput(shape, tokenRatio, knowledge));
  const quality = knowledge?.quality ?? priorOf(entry.quality);
  const expectedCost = costOf(sources.priceBook, entry, tokens.expected);
  const state = {
    entry,
    knowledge,
    quality,
    isConfigured: connection?.isConfigured ?? false,
    pause: sources.coolDowns.pauseOf(provider, model, time.monotonicMs),
    tokens,
    outputTokensMax: shape.outputTokensMax,
    expectedCost,
    worstCost: costOf(sources.priceBook, entry, tokens.worst),
  };
  return {
    entry,
    provider,
    model,
    tokens,
    tokenRatio,
    knowledge,
    quality,
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
  if (!isEligible) return { provider, model, isEligible, expectedCost, worstCost, reasons, refusals };
  const { tokens, tokenRatio, hitProbability, knowledge, quality, escalation } = ranked;
  const expected = {
    tokens: tokens.expected,
    hitProbability,
    tokenRatio,
    ...(knowledge?.outputText && { output: knowledge.outputText }),
  };
  return {
    provider,
    model,
    isEligible,
    expectedCost,
    worstCost,
    expected,
    ...(quality && { quality }),
    ...(escalation && { escalation }),
    reasons,
    refusals,
  };
}

function standing(
  { expectedCost: callCost = zeroUsd, hitProbability, escalation }: Ranked,
  index: number,
  cheapest: Ranked | undefined,
): string {
  const expectedCost = escalation?.totalCost ?? callCost;
  const cost = formatUsd(expectedCost);
  const hit = Math.round(hitProbability * 100);
  const prefix = hitProbability === 0 ? "" : ` The shared prefix is cached with a chance of ${hit} %.`;
  const cache = `${prefix}${escalation === undefined ? "" : escalationSentence(callCost, escalation)}`;
  if (index === 0) return `The cheapest: $${cost} expected.${cache}`;
  const more = nanoUsd(expectedCost - (cheapest?.escalation?.totalCost ?? cheapest?.expectedCost ?? expectedCost));
  if (more === 0n)
    return `$${cost} expected, as much as the cheapest, which has more quality or the earlier name.${cache}`;
  return `$${cost} expected, $${formatUsd(more)} more than the cheapest.${cache}`;
}

function escalationSentence(callCost: NanoUsd, { provider, model, probability }: CandidateEscalation): string {
  const chance = Math.round(probability * 100);
  return ` The call itself costs $${formatUsd(callCost)}; with a chance of ${chance} % ${provider}/${model} is asked too.`;
}
