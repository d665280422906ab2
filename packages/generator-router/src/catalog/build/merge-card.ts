import type { NanoUsdPerMTok } from "@larder/contracts";
import { formatUsdPerMTok } from "@larder/contracts";
import type { Disagreements } from "./agree.ts";
import { agree } from "./agree.ts";
import type { RateName, SourceCard, SourceRates } from "./source-facts.ts";
import { rateNames } from "./source-facts.ts";

export interface MergedCard {
  readonly rates: SourceRates;
  readonly tiers: readonly { readonly inputTokens: number; readonly rates: SourceRates }[];
}

/** One card of several sources' cards: rate by rate what two agree on, else the dearest. */
export function mergeCards(prefix: string, cards: readonly SourceCard[], disagreements: Disagreements): MergedCard {
  const rates = sound(prefix, mergeRates(prefix, cards, disagreements), disagreements);
  const lines = [...new Set(cards.flatMap(({ tiers }) => tiers.map(({ inputTokens }) => inputTokens)))];
  const tiers = lines
    .toSorted((a, b) => a - b)
    .flatMap((line) => {
      const told = cards.flatMap((card) => card.tiers.filter(({ inputTokens }) => inputTokens === line));
      if (told.length < cards.length) disagreements.note(`${prefix}tier.${line}`);
      const merged = mergeRates(`${prefix}tier.${line}.`, told, disagreements);
      // A tier without an output price keeps the base price: it never becomes free.
      const whole = { ...merged, ...fallback("input", merged, rates), ...fallback("output", merged, rates) };
      const isBelow = (whole.input ?? 0n) < (rates.input ?? 0n) || (whole.output ?? 0n) < (rates.output ?? 0n);
      if (isBelow) disagreements.note(`${prefix}tier.${line} (left out: below the base price)`);
      return isBelow ? [] : [{ inputTokens: line, rates: sound(`${prefix}tier.${line}.`, whole, disagreements) }];
    });
  return { rates, tiers };
}

const fallback = (name: "input" | "output", own: SourceRates, base: SourceRates) => {
  const rate = own[name] ?? base[name];
  return rate === undefined ? {} : { [name]: rate };
};

function mergeRates(prefix: string, cards: readonly { readonly rates: SourceRates }[], disagreements: Disagreements) {
  const found = rateNames.flatMap((name) => {
    const values = cards.map(({ rates }) => (isStoragePrice(name, rates) ? undefined : rates[name]));
    const rate = agree(`${prefix}${name}`, values, "most", disagreements);
    return rate === undefined ? [] : [[name, rate] as const];
  });
  return Object.fromEntries(found) as SourceRates;
}

/** A write never costs less than fresh input; what stands there for Gemini is the price of an hour's storage. */
const isStoragePrice = (name: RateName, rates: SourceRates) =>
  name.startsWith("input_cache_write") && (rates[name] ?? 0n) < (rates.input ?? 0n);

/** Without rates that contradict the others: the rule for a missing rate is safe, a wrong one is not. */
function sound(prefix: string, rates: SourceRates, disagreements: Disagreements): SourceRates {
  const input = rates.input ?? 0n;
  const contradicts = (name: RateName, rate: bigint) =>
    (name === "input_cache_read" && rate > input) || (name.startsWith("input_cache_write") && rate < input);
  return Object.fromEntries(
    rateNames.flatMap((name) => {
      const rate = rates[name];
      if (rate === undefined) return [];
      if (!contradicts(name, rate)) return [[name, rate] as const];
      disagreements.note(`${prefix}${name} (left out: ${rate > input ? "above" : "below"} input)`);
      return [];
    }),
  );
}

/** As the catalog writes it. */
export function printCard(card: MergedCard, isInclusive: boolean) {
  const line = isInclusive ? "from_input_tokens" : "above_input_tokens";
  return {
    price_usd_per_mtok: printRates(card.rates),
    ...(card.tiers.length > 0 && {
      tiers: card.tiers.map(({ inputTokens, rates }) => ({
        [line]: inputTokens,
        price_usd_per_mtok: printRates(rates),
      })),
    }),
  };
}

export function printRates(rates: SourceRates): Readonly<Record<string, string>> {
  return Object.fromEntries(
    rateNames.flatMap((name) => {
      const rate = rates[name];
      return rate === undefined ? [] : [[name, formatUsdPerMTok(rate as NanoUsdPerMTok)]];
    }),
  );
}
