import type { CatalogPrice, DatedCatalog, PricePoint } from "./price-point.ts";
import { nameOf } from "./price-point.ts";
import { compareVersions, slotOfModel, spellingOfModel } from "./slot-of-model.ts";

/** A model and its price as the catalogs up to a date have it. */
interface Offer extends CatalogPrice {
  readonly usdPerQuery: number;
  readonly source: string;
}

/** The list price of one model over time: what a contract with it risks. One point a catalog that has it. */
export function sameSku(catalogs: readonly DatedCatalog[], model: string): readonly PricePoint[] {
  return inOrder(catalogs).flatMap(({ date, source, prices }) =>
    prices
      .filter((price) => price.model === model || nameOf(price) === model)
      .flatMap((price) => toPoint(date, { ...price, source }) ?? []),
  );
}

/** The newest generation of the model's slot in each catalog: what following a vendor's upgrades costs. */
export function sameSlot(catalogs: readonly DatedCatalog[], provider: string, model: string): readonly PricePoint[] {
  const { slot } = slotOfModel(provider, model);
  return overTime(catalogs, (offers) =>
    offers
      .filter((offer) => slotOfModel(offer.provider, offer.model).slot === slot)
      .map((offer) => ({ offer, version: slotOfModel(offer.provider, offer.model).version }))
      // The plain name stands for its dated snapshots.
      .toSorted((a, b) => compareVersions(b.version, a.version) || a.offer.model.length - b.offer.model.length)
      .map(({ offer }) => offer),
  );
}

/**
 * The cheapest model of at least this quality in each catalog: the one index that a break-even may rest on. It rises when
 * the cheapest one retires, is listed no more or is repriced. A quality that only another catalog tells is taken as the
 * model's, whoever serves it: weights do not get better by themselves.
 */
export function constantQuality(catalogs: readonly DatedCatalog[], qualityMin: number): readonly PricePoint[] {
  const qualities = new Map<string, number>();
  for (const { prices } of inOrder(catalogs)) {
    for (const { model, quality } of prices) if (quality !== null) qualities.set(spellingOfModel(model), quality);
  }
  return overTime(catalogs, (offers) =>
    offers
      .filter((offer) => (qualities.get(spellingOfModel(offer.model)) ?? -1) >= qualityMin || qualityMin <= 0)
      .toSorted((a, b) => a.usdPerQuery - b.usdPerQuery || (nameOf(a) < nameOf(b) ? -1 : 1)),
  );
}

/**
 * The first of what `rank` puts in order, for each catalog by itself: a list with more models has a lower minimum, so
 * what one list has on one date is never compared with what another has on the next.
 */
function overTime(
  catalogs: readonly DatedCatalog[],
  rank: (offers: readonly Offer[]) => readonly Offer[],
): readonly PricePoint[] {
  return inOrder(catalogs).flatMap((catalog) => {
    const best = rank(offersOf(catalog))[0];
    return best === undefined ? [] : (toPoint(catalog.date, best) ?? []);
  });
}

/** What could be bought on the catalog's date: priced, and not retired. */
function offersOf({ date, source, prices }: DatedCatalog): readonly Offer[] {
  return prices.flatMap((price) => {
    const { usdPerQuery, retiresOn } = price;
    if (usdPerQuery === null || !(usdPerQuery > 0) || (retiresOn !== undefined && retiresOn <= date)) return [];
    return [{ ...price, usdPerQuery, source }];
  });
}

function toPoint(date: string, price: CatalogPrice & { readonly source: string }): PricePoint | undefined {
  const { usdPerQuery, source } = price;
  return usdPerQuery === null ? undefined : { date, usdPerQuery, model: nameOf(price), source };
}

const inOrder = (catalogs: readonly DatedCatalog[]) =>
  catalogs.toSorted((a, b) => (a.date === b.date ? (a.source < b.source ? -1 : 1) : a.date < b.date ? -1 : 1));
