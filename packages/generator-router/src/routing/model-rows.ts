import type { Capability, ModelEntry, PriceBook } from "@larder/contracts";
import type { QuickRates } from "../prices/quick-rates.ts";
import { quickRatesOf } from "../prices/quick-rates.ts";

/**
 * One model as a decision reads it: what an entry says, in the form that a loop over hundreds compares fastest. Entries
 * have many shapes, for each leaves out what it does not know; rows have one, and a number stands for what is not known.
 */
export interface ModelRow {
  readonly entry: ModelEntry;
  readonly provider: string;
  readonly model: string;
  /** `provider/model`. */
  readonly name: string;
  readonly isLocal: boolean;
  /** −1 where it is not known, so that nothing fits. */
  readonly contextTokens: number;
  /** Infinite where it is not known. */
  readonly outputTokensMax: number;
  /** ISO date; the last one there is, where none is known. */
  readonly retiresOn: string;
  /** Shorter prefixes are not cached; infinite where none is. */
  readonly prefixTokensMin: number;
  readonly cacheTtlMs: number;
  /** Absent: the price book must be asked. */
  readonly quick: QuickRates | undefined;
  /** In some regions its price is another. */
  readonly isRegional: boolean;
  /** One bit a capability. */
  readonly capabilities: number;
  /** Writing to the cache has a price of its own. */
  readonly billsWrites: boolean;
  readonly isWriteDearer: boolean;
  readonly isReasoningDearer: boolean;
}

const capabilityBits: Readonly<Record<Capability, number>> = {
  json_schema: 1,
  json_object: 2,
  tools: 4,
  vision: 8,
  reasoning: 16,
  system_prompt: 32,
};

export function capabilityMask(capabilities: readonly Capability[]): number {
  return capabilities.reduce((mask, capability) => mask | capabilityBits[capability], 0);
}

export interface BookRows {
  /** In the order of the book's models. */
  readonly rows: readonly ModelRow[];
  /** Index of every `provider/model`. */
  readonly places: ReadonlyMap<string, number>;
}

const rowsOfBook = new WeakMap<PriceBook, BookRows>();

/** The rows of a price book; made once, for a book does not change. */
export function rowsOf(priceBook: PriceBook): BookRows {
  const known = rowsOfBook.get(priceBook);
  if (known !== undefined) return known;
  const rows = priceBook.models().map(toRow);
  const book = { rows, places: new Map(rows.map(({ name }, index) => [name, index])) };
  rowsOfBook.set(priceBook, book);
  return book;
}

function toRow(entry: ModelEntry): ModelRow {
  const { provider, model, rates, cache } = entry;
  const write = cache === null ? undefined : rates?.inputCacheWrite;
  return {
    entry,
    provider,
    model,
    name: `${provider}/${model}`,
    isLocal: entry.isLocal,
    contextTokens: entry.contextTokens ?? -1,
    outputTokensMax: entry.outputTokensMax ?? Number.POSITIVE_INFINITY,
    retiresOn: entry.retiresOn ?? "9999-12-31",
    prefixTokensMin: cache?.prefixTokensMin ?? Number.POSITIVE_INFINITY,
    cacheTtlMs: cache?.ttlMs ?? 0,
    quick: quickRatesOf(entry),
    isRegional: (entry.regionMultipliers ?? []).length > 0,
    capabilities: capabilityMask(entry.capabilities),
    billsWrites: write !== undefined,
    isWriteDearer: (write ?? 0n) > (rates?.inputFresh ?? 0n),
    isReasoningDearer: (rates?.outputReasoning ?? 0n) > (rates?.outputText ?? 0n),
  };
}
