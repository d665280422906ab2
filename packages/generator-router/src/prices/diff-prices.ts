import type { ModelEntry, RateCard, Rates } from "@larder/contracts";
import { formatUsd, formatUsdPerMTok } from "@larder/contracts";

export interface PriceChange {
  readonly provider: string;
  readonly model: string;
  readonly kind: "added" | "removed" | "changed";
  /** What differs, by name; empty unless `changed`. Absent on a side: not stated there. */
  readonly fields: readonly { readonly name: string; readonly before?: string; readonly after?: string }[];
}

/** What differs between two sets of prices, by provider and model ascending. Sources and dates are not compared. */
export function diffPrices(before: readonly ModelEntry[], after: readonly ModelEntry[]): readonly PriceChange[] {
  const keyOf = ({ provider, model }: ModelEntry) => `${provider}/${model}`;
  const old = new Map(before.map((entry) => [keyOf(entry), entry]));
  const fresh = new Map(after.map((entry) => [keyOf(entry), entry]));
  return [...new Set([...old.keys(), ...fresh.keys()])].toSorted().flatMap((key): readonly PriceChange[] => {
    const [a, b] = [old.get(key), fresh.get(key)];
    const entry = b ?? a;
    if (entry === undefined) return [];
    const { provider, model } = entry;
    if (a === undefined) return [{ provider, model, kind: "added", fields: [] }];
    if (b === undefined) return [{ provider, model, kind: "removed", fields: [] }];
    const fields = diffFacts(factsOf(a), factsOf(b));
    return fields.length === 0 ? [] : [{ provider, model, kind: "changed", fields }];
  });
}

type Facts = ReadonlyMap<string, string>;

/** Every price and limit of an entry as text, by a name that says which. */
export function factsOf(entry: ModelEntry): Facts {
  const facts = new Map<string, string>();
  if (entry.rates === null) facts.set("price", "unknown");
  else addCard(facts, "", { rates: entry.rates, tiers: entry.tiers });
  for (const [lane, card] of Object.entries(entry.cards ?? {})) addCard(facts, `${lane} `, card);
  for (const { region, numerator, denominator } of entry.regionMultipliers ?? []) {
    facts.set(`region ${region}`, `${numerator}/${denominator}`);
  }
  if (entry.offPeak !== undefined) {
    for (const [bucket, rate] of Object.entries(entry.offPeak.rates)) {
      facts.set(`off-peak ${bucket}`, formatUsdPerMTok(rate));
    }
    facts.set("off-peak hours", entry.offPeak.windows.map((each) => `${each.startMinute}-${each.endMinute}`).join(" "));
  }
  for (const [fee, amount] of Object.entries(entry.fees ?? {})) facts.set(`fee ${fee}`, formatUsd(amount));
  facts.set("context tokens", String(entry.contextTokens ?? "unknown"));
  facts.set("output tokens", String(entry.outputTokensMax ?? "unknown"));
  facts.set("capabilities", entry.capabilities.join(" "));
  facts.set("retires", entry.retiresOn ?? "not told");
  return facts;
}

function addCard(facts: Map<string, string>, prefix: string, { rates, tiers }: RateCard): void {
  addRates(facts, prefix, rates);
  for (const tier of tiers)
    addRates(facts, `${prefix}${tier.isInclusive ? ">=" : ">"}${tier.inputTokens} `, tier.rates);
}

function addRates(facts: Map<string, string>, prefix: string, rates: Rates): void {
  for (const [bucket, rate] of Object.entries(rates)) facts.set(`${prefix}${bucket}`, formatUsdPerMTok(rate));
}

function diffFacts(a: Facts, b: Facts): PriceChange["fields"] {
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((name) => {
    const [before, after] = [a.get(name), b.get(name)];
    if (before === after) return [];
    return [{ name, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
  });
}
