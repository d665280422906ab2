import type { ModelEntry, PriceFinding, RateCard, Rates } from "@larder/contracts";
import { formatUsdPerMTok } from "@larder/contracts";
import { newestSourceDate } from "./newest-source.ts";

export interface PriceLintOptions {
  readonly today?: string;
  readonly staleAfterDays?: number;
}

/** Above this, a price per token or per thousand was taken for one per million: no model sold costs as much. */
const inputUsdPerMTokMax = 200_000_000_000n; // $200
/** Output costs between 0.4 and 20 times input in every catalog entry that proved right. */
const outputOverInput = { least: 0.4, most: 20 };
const dayMs = 86_400_000;

/** Looks for prices that are likely wrong. A finding is a warning: it never changes a price. Order: as the entries. */
export function lintPrices(entries: readonly ModelEntry[], options: PriceLintOptions = {}): readonly PriceFinding[] {
  return entries.flatMap((entry) => {
    const { provider, model } = entry;
    return findingsOf(entry, options).map(([code, message]) => ({ provider, model, code, message }));
  });
}

type Finding = readonly [code: string, message: string];

function findingsOf(entry: ModelEntry, options: PriceLintOptions): readonly Finding[] {
  if (entry.rates === null) return [["price_unknown", "No price is known, so the model is never chosen."]];
  const found: Finding[] = [...lintRates(entry.rates)];
  found.push(...lintTiers({ rates: entry.rates, tiers: entry.tiers }));
  for (const [lane, card] of Object.entries(entry.cards ?? {})) {
    found.push(...lintRates(card.rates), ...lintTiers(card), ...lintLane(lane, card.rates, entry.rates));
  }
  if (entry.contextTokens === null) found.push(["context_unknown", "The context window is not known."]);
  const asOf = newestSourceDate(entry.sources);
  const days = options.today === undefined ? 0 : (Date.parse(options.today) - Date.parse(asOf)) / dayMs;
  const daysMax = options.staleAfterDays ?? 120;
  if (days > daysMax) found.push(["price_stale", `The newest source is ${Math.floor(days)} days old (${asOf}).`]);
  return found;
}

function lintTiers({ rates, tiers }: RateCard): readonly Finding[] {
  return tiers.flatMap((tier) => {
    const isBelow = tier.rates.inputFresh < rates.inputFresh || tier.rates.outputText < rates.outputText;
    const line = `${tier.isInclusive ? "from" : "above"} ${tier.inputTokens} input tokens`;
    const below: Finding = ["tier_below_base", `The price ${line} is lower than the base price.`];
    return [...(isBelow ? [below] : []), ...lintRates(tier.rates)];
  });
}

/** Batch and flex are sold for waiting and cost no more than standard; priority is sold for speed and costs no less. */
function lintLane(lane: string, rates: Rates, standard: Rates): readonly Finding[] {
  const input = rates.inputFresh - standard.inputFresh;
  const output = rates.outputText - standard.outputText;
  if (lane === "priority") {
    return input < 0n || output < 0n ? [["lane_below_standard", "The priority lane costs less than standard."]] : [];
  }
  return input > 0n || output > 0n ? [["lane_above_standard", `The ${lane} lane costs more than standard.`]] : [];
}

function lintRates(rates: Rates): readonly Finding[] {
  const found: Finding[] = [];
  const { inputFresh: input, outputText: output, inputCacheRead: read } = rates;
  if (input < 0n || output < 0n) found.push(["price_negative", "A price is below zero."]);
  if (read !== undefined && read > input) {
    const message = `A cached token ($${formatUsdPerMTok(read)}/M) costs more than a fresh one ($${formatUsdPerMTok(input)}/M).`;
    found.push(["cache_read_above_input", message]);
  }
  const write = rates.inputCacheWrite;
  if (write !== undefined && write < input) {
    const message = `A cache write ($${formatUsdPerMTok(write)}/M) costs less than fresh input: the price of storage?`;
    found.push(["cache_write_below_input", message]);
  }
  if (input >= inputUsdPerMTokMax) {
    found.push([
      "input_implausible",
      `$${formatUsdPerMTok(input)} per million input tokens looks like a slip of units.`,
    ]);
  }
  if (input > 0n) {
    const ratio = Number(output) / Number(input);
    if (ratio < outputOverInput.least || ratio > outputOverInput.most) {
      found.push(["output_input_ratio", `Output costs ${ratio.toPrecision(3)} times input, outside 0.4 to 20.`]);
    }
  }
  return found;
}
