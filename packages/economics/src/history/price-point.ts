/** A model's price as one dated catalog has it. */
export interface CatalogPrice {
  readonly provider: string;
  readonly model: string;
  /** Of one query of the workload that is asked about; `null` where the catalog has no price. */
  readonly usdPerQuery: number | null;
  readonly quality: number | null;
  /** ISO date. */
  readonly retiresOn?: string;
}

/** One catalog on one date. Only catalogs of the same source are compared price by price. */
export interface DatedCatalog {
  /** ISO date. */
  readonly date: string;
  /** Who made the list. */
  readonly source: string;
  readonly prices: readonly CatalogPrice[];
}

export interface PricePoint {
  /** ISO date. */
  readonly date: string;
  readonly usdPerQuery: number;
  /** Whose price it is, as `provider/model`. */
  readonly model: string;
  readonly source: string;
}

const millisecondsPerMonth = (365.25 * 86_400_000) / 12;

/** Months from one ISO date to another. */
export function monthsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / millisecondsPerMonth;
}

export const nameOf = ({ provider, model }: { readonly provider: string; readonly model: string }) =>
  `${provider}/${model}`;
