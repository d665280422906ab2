import type { DatedCatalog, PricePoint } from "./price-point.ts";
import { monthsBetween, nameOf } from "./price-point.ts";

/** Jumps of a price, of both signs, and the time in which they were seen. */
export interface PriceMoves {
  /** ln(new / old) of each. */
  readonly logRatios: readonly number[];
  /** Months of one price being watched: two prices for a year are 24. */
  readonly months: number;
  /** Where they are from, in words. */
  readonly source: string;
  readonly isObserved: boolean;
}

/**
 * Changes of published list prices between February 2025 and January 2027, old and new dollars per million input
 * tokens. Prices do not only fall: half of them are rises.
 * @source simonw/llm-prices at 723ef0b (2026-08-05); pydantic/genai-prices at 47df840a (2026-08-21); DeepSeek's price
 * page, August 2026
 */
const publishedPriceChanges = [
  { model: "o3", date: "2025-06-10", from: 10, to: 2 },
  { model: "GPT-5.6 Luna", date: "2026-07-30", from: 1, to: 0.2 },
  { model: "GPT-5.6 Terra", date: "2026-07-30", from: 2.5, to: 2 },
  { model: "deepseek-chat", date: "2025-02-08", from: 0.14, to: 0.27 },
  { model: "DeepSeek V4-Pro", date: "2026-08-16", from: 0.435, to: 0.66 },
  { model: "Gemini 3.7 Flash", date: "2027-01-01", from: 0.75, to: 1.5 },
] as const;

/** Chosen: as if the six were one price, watched from the first to the last. */
const publishedMonths = 23;

/** All of them, since what is announced was published too; those after `today` (ISO date) are named as announced. */
export function publishedMovesOn(today: string): PriceMoves {
  const dates = publishedPriceChanges.map(({ date }) => date).toSorted();
  const past = dates.filter((date) => date <= today);
  const announced = dates.filter((date) => date > today);
  const month = (date = "") => date.slice(0, 7);
  const source = [
    `${dates.length} published changes of list prices`,
    ...(past.length === 0 ? [] : [`${past.length} made ${month(past[0])} to ${month(past.at(-1))}`]),
    ...(announced.length === 0 ? [] : [`${announced.length} announced for ${announced.join(", ")}`]),
  ].join(", ");
  const logRatios = publishedPriceChanges.map(({ from, to }) => Math.log(to / from));
  return { logRatios, months: publishedMonths, source, isObserved: false };
}

/** A change smaller than this is float dust of a catalog. */
const relativeChangeMin = 1e-6;

/** Jumps from one point of an index to the next. */
export function movesOfIndex(points: readonly PricePoint[], source: string): PriceMoves {
  const ordered = points.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const logRatios = ordered.slice(1).flatMap((point, i) => logRatioOf(ordered[i]?.usdPerQuery, point.usdPerQuery));
  const [first, last] = [ordered[0], ordered.at(-1)];
  const months = first === undefined || last === undefined ? 0 : monthsBetween(first.date, last.date);
  return { logRatios, months, source, isObserved: true };
}

/** Jumps of every model's own price, between catalogs of one source: two sources differ without any price moving. */
export function movesOfCatalogs(catalogs: readonly DatedCatalog[]): PriceMoves {
  const logRatios: number[] = [];
  let months = 0;
  for (const source of new Set(catalogs.map((catalog) => catalog.source))) {
    const own = catalogs.filter((catalog) => catalog.source === source).toSorted((a, b) => (a.date < b.date ? -1 : 1));
    for (const [i, catalog] of own.slice(1).entries()) {
      const before = own[i];
      if (before === undefined) continue;
      const earlier = new Map(before.prices.map((price) => [nameOf(price), price.usdPerQuery]));
      for (const price of catalog.prices) {
        const old = earlier.get(nameOf(price));
        if (old === undefined || old === null || price.usdPerQuery === null) continue;
        months += monthsBetween(before.date, catalog.date);
        logRatios.push(...logRatioOf(old, price.usdPerQuery));
      }
    }
  }
  return { logRatios, months, source: "the models of the dated catalogs", isObserved: true };
}

function logRatioOf(from: number | undefined, to: number): readonly number[] {
  if (from === undefined || !(from > 0) || !(to > 0)) return [];
  return Math.abs(to / from - 1) > relativeChangeMin ? [Math.log(to / from)] : [];
}
