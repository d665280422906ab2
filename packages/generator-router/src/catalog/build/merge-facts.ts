import type { Disagreements } from "./agree.ts";
import { agree, createDisagreements, isFarApart } from "./agree.ts";
import type { CatalogProvider } from "./catalog-providers.ts";
import type { MergedCard } from "./merge-card.ts";
import { mergeCards, printCard, printRates } from "./merge-card.ts";
import type { SourceFacts } from "./source-facts.ts";
import { laneNames } from "./source-facts.ts";

export interface NamedFacts {
  readonly name: string;
  readonly facts: SourceFacts;
}

/** Above it, dollars per million tokens are a slip of units. */
const inputMax = 200_000_000_000n;
const outputOverInputMost = 20n;

/**
 * One catalog entry of what the sources say. Its price is null, and it is never chosen, where no source has one, where
 * the only one fails the lint, or where sources are more than twice apart and no two agree. `undefined` for a model that
 * nobody sells (no source has a price above 0), or that a host serves and one source alone lists.
 */
export function mergeFacts(provider: CatalogProvider, id: string, sources: readonly NamedFacts[], quality?: number) {
  const disagreements = createDisagreements();
  const pricing = sources.filter(({ facts }) => (facts.rates.input ?? 0n) > 0n && (facts.rates.output ?? 0n) > 0n);
  if (pricing.length < (provider.needsSecondSource === true ? 2 : 1)) return undefined;
  const facts = pricing.map((each) => each.facts);
  const card = ownCard(provider, pricing) ?? mergeCards("price.", facts, disagreements);
  const unsound = whyUnsound(provider, pricing, card);
  if (ownCard(provider, pricing) !== undefined) mergeCards("price.", facts, disagreements); // notes where others differ
  const lanes = mergeLanes(facts, card, disagreements);
  const isInclusive = provider.isTierInclusive === true;

  const all = sources.map((each) => each.facts);
  const contexts = all.map(({ contextTokens }) => contextTokens);
  // Sources mix the whole window with the input's share of it, so the smallest is taken even where two agree.
  agree("context_tokens", contexts, "least", disagreements);
  const known = contexts.filter((each) => each !== undefined);
  const outputs = all.map(({ outputTokensMax }) => outputTokensMax);
  const outputTokens = agree("max_output_tokens", outputs, "least", disagreements);
  const retiresOn = all.flatMap((each) => each.retiresOn ?? []).toSorted()[0];
  const index = quality ?? all.find((each) => each.quality !== undefined)?.quality;
  const hasRead = card.rates.input_cache_read !== undefined;
  const cache = hasRead ? provider.cache?.(id) : undefined;
  const prefixTokensMin = all.find((each) => each.prefixTokensMin !== undefined)?.prefixTokensMin;
  return {
    provider: provider.id,
    id,
    context_tokens: known.length === 0 ? null : Math.min(...known),
    max_output_tokens: outputTokens ?? null,
    ...(unsound === undefined
      ? { ...printCard(card, isInclusive), ...printLanes(lanes, isInclusive), ...printRest(facts) }
      : { price_usd_per_mtok: null }),
    cache: cache === undefined ? null : { ...cache, min_prefix_tokens: prefixTokensMin ?? cache.min_prefix_tokens },
    capabilities: capabilitiesOf(provider, all),
    quality: index ?? null,
    ...(index !== undefined && { quality_source: "openrouter" }),
    ...(retiresOn !== undefined && { retires_on: retiresOn }),
    sources: pricing.map(({ name }) => name),
    disagreements: [...disagreements.fields],
    ...(unsound !== undefined && { unpriced_because: unsound }),
  };
}

function ownCard({ ownList }: CatalogProvider, pricing: readonly NamedFacts[]): MergedCard | undefined {
  const own = pricing.find(({ name }) => name === ownList);
  return own && mergeCards("price.", [own.facts], createDisagreements());
}

function whyUnsound({ ownList }: CatalogProvider, pricing: readonly NamedFacts[], card: MergedCard) {
  const { input = 0n, output = 0n } = card.rates;
  if (input >= inputMax) return "The price looks like a slip of units.";
  if (output > outputOverInputMost * input || output * 10n < input * 4n) {
    return "Output over input is outside 0.4 to 20.";
  }
  if (pricing.some(({ name }) => name === ownList)) return undefined;
  for (const side of ["input", "output"] as const) {
    const values = pricing.flatMap(({ facts }) => facts.rates[side] ?? []);
    if (new Set(values).size === values.length && values.length > 1 && isFarApart(values)) {
      return `The sources' ${side} prices are more than twice apart, and no two agree.`;
    }
  }
  return undefined;
}

/** A lane dearer than standard, save the one that is bought for its speed, is a mistake of its source and left out. */
function mergeLanes(facts: readonly SourceFacts[], standard: MergedCard, disagreements: Disagreements) {
  return laneNames.flatMap((lane) => {
    const cards = facts.flatMap((each) => each.lanes?.[lane] ?? []);
    if (cards.length === 0) return [];
    const card = mergeCards(`${lane}.`, cards, disagreements);
    const { input = 0n, output = 0n } = standard.rates;
    const isDearer = (card.rates.input ?? 0n) > input || (card.rates.output ?? 0n) > output;
    const isCheaper = (card.rates.input ?? 0n) < input || (card.rates.output ?? 0n) < output;
    if (lane === "priority" ? !isCheaper : !isDearer) return [{ lane, card }];
    disagreements.note(`${lane} (left out: ${isDearer ? "above" : "below"} the standard price)`);
    return [];
  });
}

const printLanes = (lanes: readonly { readonly lane: string; readonly card: MergedCard }[], isInclusive: boolean) =>
  Object.fromEntries(lanes.map(({ lane, card }) => [lane, printCard(card, isInclusive)]));

/** What one source alone tells; the first that does is taken, and of fees the dearest. */
function printRest(facts: readonly SourceFacts[]) {
  const multipliers = facts.find((each) => each.regionMultipliers !== undefined)?.regionMultipliers;
  const offPeak = facts.find((each) => each.offPeak !== undefined)?.offPeak;
  const dearest = (fees: readonly (string | undefined)[]) =>
    fees.filter((fee) => fee !== undefined).toSorted((a, b) => Number(b) - Number(a))[0];
  const search = dearest(facts.map(({ searchFee }) => searchFee));
  const request = dearest(facts.map(({ requestFee }) => requestFee));
  return {
    ...(multipliers && { region_multipliers: multipliers }),
    ...(offPeak && { off_peak: { windows: offPeak.windows, price_usd_per_mtok: printRates(offPeak.rates) } }),
    ...((search !== undefined || request !== undefined) && {
      fees_usd: { ...(request !== undefined && { request }), ...(search !== undefined && { search }) },
    }),
  };
}

function capabilitiesOf({ ignoresFormats }: CatalogProvider, all: readonly SourceFacts[]): readonly string[] {
  return [...new Set(all.flatMap(({ capabilities }) => capabilities))]
    .filter((capability) => !(ignoresFormats === true && capability.startsWith("json")))
    .concat("system_prompt")
    .toSorted();
}
