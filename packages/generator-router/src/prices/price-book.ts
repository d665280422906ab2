import { createHash } from "node:crypto";
import type { ModelEntry, PriceBook, Priced, PriceFinding, PriceTerms, UsageTokens } from "@larder/contracts";
import { usageBuckets } from "@larder/contracts";
import type { CompiledRates } from "./compile-rates.ts";
import { compileRates } from "./compile-rates.ts";
import { lintPrices } from "./lint-prices.ts";
import { newestSourceDate } from "./newest-source.ts";

export interface PriceBookOptions {
  /** ISO date on which prices are judged for their age. Absent: age is not judged. */
  readonly today?: string;
  /** @defaultValue 120 */
  readonly staleAfterDays?: number;
  /** What the maker of the entries found, such as sources that disagree. */
  readonly findings?: readonly PriceFinding[];
}

/**
 * A price book in memory. Where two entries name the same model of the same provider the later one stands, and a
 * finding says so. The id is a hash of every entry, so it changes with every price.
 */
export function createPriceBook(entries: readonly ModelEntry[], options: PriceBookOptions = {}): PriceBook {
  const byProvider = new Map<string, Map<string, { entry: ModelEntry; rates: CompiledRates | undefined }>>();
  const findings: PriceFinding[] = [...(options.findings ?? [])];
  for (const entry of entries) {
    const { provider, model } = entry;
    const models = byProvider.get(provider) ?? new Map();
    if (models.has(model)) {
      const message = "Entered more than once; the last entry stands.";
      findings.push({ provider, model, code: "entry_repeated", message });
    }
    models.set(model, { entry, rates: compileRates(entry) });
    byProvider.set(provider, models);
  }
  const kept = [...byProvider.values()].flatMap((models) => [...models.values()].map(({ entry }) => entry));
  findings.push(...lintPrices(kept, options));
  const find = (provider: string, model: string) => byProvider.get(provider)?.get(model);
  return {
    id: contentId(kept),
    asOf: newestSourceDate(kept.flatMap(({ sources }) => sources)),
    models: () => kept,
    find: (provider, model) => find(provider, model)?.entry,
    price(provider, model, tokens, terms) {
      const rates = find(provider, model)?.rates;
      if (rates === undefined) return unpriced;
      return priceTokens(rates, tokens, terms ?? noTerms);
    },
    findings: () => findings,
  };
}

const unpriced: Priced = { kind: "unpriced", bucket: "inputFresh" };

const noTerms: PriceTerms = {};

function priceTokens(rates: CompiledRates, tokens: UsageTokens, terms: PriceTerms): Priced {
  for (const bucket of usageBuckets) {
    // A count that is no count has no price: it must not become NaN dollars, nor a refund.
    if (!(Number.isSafeInteger(tokens[bucket]) && tokens[bucket] >= 0)) return { kind: "unpriced", bucket };
  }
  const { searches = 0 } = terms;
  if (!(Number.isSafeInteger(searches) && searches >= 0)) return { kind: "unpriced", bucket: "searches" };
  return rates.price(tokens, terms);
}

/** Of all that decides a price or a choice; who said it and when is told beside it, and may change without either. */
function contentId(entries: readonly ModelEntry[]): string {
  const text = JSON.stringify(entries, (name, value: unknown) => {
    if (name === "sources") return undefined;
    if (typeof value === "bigint") return value.toString();
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
  return `prices-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}
