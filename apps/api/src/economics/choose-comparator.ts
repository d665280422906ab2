import type { ModelEntry, PriceBook, QualityPosterior, UsageTokens } from "@larder/contracts";
import { formatUsd, LarderError, noTokens } from "@larder/contracts";
import type { ApiOption, BlockedOption } from "@larder/economics";
import type { EconomicsRequest } from "../request/economics-request.ts";

export interface ComparatorChoice {
  readonly comparator?: ApiOption;
  readonly capableBecause: string;
  /** The best of the capable ones, where it is dearer. */
  readonly strictest?: ApiOption;
  readonly blocked: readonly BlockedOption[];
  readonly after: readonly string[];
}

export interface ComparatorSources {
  readonly priceBook: PriceBook;
  /** What was learned of a model's answers. */
  quality(entry: ModelEntry): QualityPosterior | undefined;
  /** ISO date. */
  readonly today: string;
}

/** Judged answers from which on they count for more than a catalog's word. Chosen. */
const judgedMin = 10;

/**
 * The model that the local machine is compared with: policy first, then quality, then the price of one query. A model
 * with no price, or at no price, is no comparator.
 * @throws {@link LarderError} `MODEL_NOT_FOUND`, `ECONOMICS_COMPARATOR_UNPRICED` for a model that was named
 */
export function chooseComparator(request: EconomicsRequest, sources: ComparatorSources): ComparatorChoice {
  const entries = sources.priceBook.models().filter(({ isLocal }) => !isLocal);
  const isNamed = request.compare !== "cheapest-capable";
  const named = entries.filter(
    ({ provider, model }) => model === request.compare || `${provider}/${model}` === request.compare,
  );
  if (isNamed && named.length === 0) throw new LarderError("MODEL_NOT_FOUND", { details: { model: request.compare } });
  const blocked: BlockedOption[] = [];
  const allowed = (isNamed ? named : entries).filter((entry) => {
    const reason = whyBlocked(entry, request);
    if (reason !== undefined) blocked.push({ name: `${entry.provider}/${entry.model}`, reason });
    return reason === undefined;
  });
  const priced = allowed
    .filter((entry) => fits(entry, request, sources.today))
    .flatMap((entry) => toOption(entry, request, sources) ?? []);
  if (isNamed && allowed.length > 0 && priced.length === 0) {
    throw new LarderError("ECONOMICS_COMPARATOR_UNPRICED", { details: { model: request.compare } });
  }
  const capable = priced.filter(
    ({ lowest }) => request.min_quality === undefined || isNamed || (lowest ?? -1) >= request.min_quality,
  );
  const [first] = capable.toSorted((a, b) => a.option.usdPerQuery - b.option.usdPerQuery);
  const after = ["list price", ...termsOf(request)];
  if (first === undefined) return { capableBecause: whyNone(request, allowed.length), blocked, after };
  const [best] = capable.toSorted(
    (a, b) => (b.option.quality ?? -1) - (a.option.quality ?? -1) || a.option.usdPerQuery - b.option.usdPerQuery,
  );
  const isStricter = best !== undefined && best.option.usdPerQuery > first.option.usdPerQuery;
  return {
    comparator: first.option,
    capableBecause: whyCapable(first, request, isNamed),
    ...(isStricter && { strictest: best.option }),
    blocked,
    after,
  };
}

function whyBlocked({ provider, regions }: ModelEntry, { policy }: EconomicsRequest): string | undefined {
  if (policy.offline_required) return "nothing may leave the network";
  if (policy.blocked_providers.includes(provider)) return `${provider} is not allowed`;
  if (policy.regions.length > 0 && !regions.some((region) => policy.regions.includes(region))) {
    return `not known to be served in ${policy.regions.join(" or ")}`;
  }
  return undefined;
}

function fits({ contextTokens, retiresOn }: ModelEntry, { workload }: EconomicsRequest, today: string): boolean {
  if (retiresOn !== undefined && retiresOn <= today) return false;
  return contextTokens === null || contextTokens >= workload.in_tok_per_q + workload.out_tok_per_q;
}

interface PricedOption {
  readonly option: ApiOption;
  /** What the quality is at least, as far as it is known. */
  readonly lowest: number | null;
  readonly judged: number;
}

function toOption(entry: ModelEntry, request: EconomicsRequest, sources: ComparatorSources): PricedOption | undefined {
  const usdPerQuery = usdOfQuery(entry, request, sources.priceBook);
  if (usdPerQuery === undefined || usdPerQuery <= 0) return undefined;
  const observed = sources.quality(entry);
  const isObserved = observed !== undefined && observed.weight >= judgedMin;
  const quality = isObserved ? observed.mean : entry.quality;
  return {
    lowest: isObserved ? observed.lowerBound : entry.quality,
    judged: isObserved ? observed.weight : 0,
    option: {
      provider: entry.provider,
      model: entry.model,
      usdPerQuery,
      quality,
      qualityBasis: isObserved ? "observed" : quality === null ? null : "catalog",
      ...(entry.retiresOn !== undefined && { retiresOn: entry.retiresOn }),
    },
  };
}

/** One query by the price book: what may wait at the batch lane, the expected cache reads at theirs. */
function usdOfQuery({ provider, model, regions }: ModelEntry, { workload, policy }: EconomicsRequest, book: PriceBook) {
  const cached = Math.round(workload.in_tok_per_q * workload.cached_in_ratio);
  const tokens: UsageTokens = {
    ...noTokens,
    inputFresh: workload.in_tok_per_q - cached,
    inputCacheRead: cached,
    outputText: workload.out_tok_per_q,
  };
  const region = policy.regions.find((each) => regions.includes(each));
  const usd = (lane: "standard" | "batch") => {
    const priced = book.price(provider, model, tokens, { lane, ...(region !== undefined && { region }) });
    return priced.kind === "priced" ? Number(formatUsd(priced.cost)) : undefined;
  };
  const standard = usd("standard");
  if (standard === undefined || workload.batchable_ratio === 0) return standard;
  return standard + workload.batchable_ratio * ((usd("batch") ?? standard) - standard);
}

function termsOf({ workload, policy }: EconomicsRequest): readonly string[] {
  return [
    ...(workload.cached_in_ratio > 0 ? ["cache"] : []),
    ...(workload.batchable_ratio > 0 ? ["batch"] : []),
    ...(policy.regions.length > 0 ? ["region"] : []),
  ];
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

function whyCapable(
  { option, lowest, judged }: PricedOption,
  { min_quality: least }: EconomicsRequest,
  isNamed: boolean,
): string {
  const named = isNamed ? "It was named; the" : "The";
  const asked = least === undefined ? "no quality was asked for" : `${percent(least)} were asked for`;
  if (option.qualityBasis === "observed") {
    return `${isNamed ? "It was named; of" : "Of"} ${judged.toFixed(0)} answers judged here ${percent(option.quality ?? 0)} were good, at least ${percent(lowest ?? 0)} with 95 % certainty; ${asked}.`;
  }
  if (option.quality !== null && least !== undefined) {
    return `${named} catalog's third-party index has it at ${percent(option.quality)} and ${asked}; nothing was measured on these questions.`;
  }
  if (isNamed)
    return "It was named; nothing was measured on these questions, so that it is capable is the caller's word.";
  return "It is the cheapest priced model that the workload fits; no quality was asked for and nothing was measured.";
}

function whyNone({ min_quality: least }: EconomicsRequest, allowed: number): string {
  if (allowed === 0) return "The policy leaves no API.";
  return least === undefined
    ? "No model with a known price fits the workload."
    : `None of the ${allowed} models that the policy leaves is known to reach ${percent(least)}.`;
}
