import { mean, studentT } from "@larder/statistics";
import { factorOfDecline, halfLifeMonths } from "../model/decline.ts";
import { monthsBetween } from "./price-point.ts";

export interface FittedDecline {
  /** k of ln P = a - k·t, t in months. */
  readonly perMonth: number;
  /** 95 %, by Student's t; `null` below three points, where nothing tells how far off the line is. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly xPerYear: number;
  readonly halfLifeMonths: number | null;
  readonly points: number;
  /** From the first date to the last, of the source that was watched longest. */
  readonly months: number;
}

/** A point of a price; those of different lists lie on lines of their own height. */
export interface DatedPrice {
  readonly date: string;
  readonly usdPerQuery: number;
  /** @defaultValue one and the same */
  readonly source?: string;
}

/**
 * How fast a price falls, by least squares on its logarithm, with one slope for all sources and a height for each.
 * `undefined` where no source has two dates.
 *
 * A running minimum can only fall, so the points must come from a frontier that may rise; `constantQuality` makes one.
 * Neighbouring points share the same cheapest model and are not independent: the interval is too narrow by that much.
 */
export function fitDecline(points: readonly DatedPrice[]): FittedDecline | undefined {
  const first = points.map(({ date }) => date).toSorted()[0];
  if (first === undefined) return undefined;
  const known = points
    .filter(({ usdPerQuery }) => usdPerQuery > 0)
    .map(({ date, usdPerQuery, source = "" }) => ({ source, t: monthsBetween(first, date), y: Math.log(usdPerQuery) }));
  const groups = [...new Set(known.map(({ source }) => source))].map((source) => centred(known, source));
  const centredAll = groups.flat();
  const spread = centredAll.reduce((sum, { t }) => sum + t ** 2, 0);
  if (!(spread > 0)) return undefined;
  const slope = centredAll.reduce((sum, { t, y }) => sum + t * y, 0) / spread;
  const rest = centredAll.reduce((sum, { t, y }) => sum + (y - slope * t) ** 2, 0);
  const degrees = known.length - groups.length - 1;
  const half = degrees > 0 ? studentT(0.975, degrees) * Math.sqrt(rest / degrees / spread) : undefined;
  const perMonth = slope === 0 ? 0 : -slope;
  return {
    perMonth,
    interval: half === undefined ? null : { low: perMonth - half, high: perMonth + half },
    xPerYear: factorOfDecline(perMonth),
    halfLifeMonths: halfLifeMonths(perMonth),
    points: known.length,
    months: Math.max(...groups.map((group) => spanOf(group.map(({ t }) => t)))),
  };
}

type Point = { readonly source: string; readonly t: number; readonly y: number };

function centred(points: readonly Point[], source: string): readonly Point[] {
  const own = points.filter((point) => point.source === source);
  const meanT = mean(own.map(({ t }) => t));
  const meanY = mean(own.map(({ y }) => y));
  return own.map(({ t, y }) => ({ source, t: t - meanT, y: y - meanY }));
}

const spanOf = (values: readonly number[]) => Math.max(...values) - Math.min(...values);

/** Chosen: less than this, raised to the power of a year, is noise. */
const monthsMin = 3;

/** A fit that a plan may rest on: with an interval, over a quarter at least. */
export function isLongEnough({ interval, months }: FittedDecline): boolean {
  return interval !== null && months >= monthsMin;
}
