import type { Capability, ModelEntry, PriceBook } from "@larder/contracts";
import type { QuickRates } from "../prices/quick-rates.ts";
import { quickRatesOf } from "../prices/quick-rates.ts";

/** One model as a decision reads it: what an entry says, in the form that a loop over hundreds compares fastest. */
export interface ModelRow {
  readonly entry: ModelEntry;
  /** `provider/model`. */
  readonly name: string;
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
  /** Every `provider/model`. */
  readonly names: ReadonlySet<string>;
}

const rowsOfBook = new WeakMap<PriceBook, BookRows>();

/** The rows of a price book; made once, for a book does not change. */
export function rowsOf(priceBook: PriceBook): BookRows {
  const known = rowsOfBook.get(priceBook);
  if (known !== undefined) return known;
  const rows = priceBook.models().map(toRow);
  const book = { rows, names: new Set(rows.map(({ name }) => name)) };
  rowsOfBook.set(priceBook, book);
  return book;
}

function toRow(entry: ModelEntry): ModelRow {
  const { rates, cache } = entry;
  const write = cache === null ? undefined : rates?.inputCacheWrite;
  return {
    entry,
    name: `${entry.provider}/${entry.model}`,
    quick: quickRatesOf(entry),
    isRegional: (entry.regionMultipliers ?? []).length > 0,
    capabilities: capabilityMask(entry.capabilities),
    billsWrites: write !== undefined,
    isWriteDearer: (write ?? 0n) > (rates?.inputFresh ?? 0n),
    isReasoningDearer: (rates?.outputReasoning ?? 0n) > (rates?.outputText ?? 0n),
  };
}
