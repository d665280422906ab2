import { seededRandom } from "@larder/statistics";
import type { PriceMoves } from "../history/price-moves.ts";
import type { AdvantageTerms } from "../model/cumulative-advantage.ts";
import type { Decline } from "./inputs.ts";

export interface SimulationTerms extends Omit<AdvantageTerms, "declinePerMonth"> {
  readonly growthPerMonth: number;
  readonly decline: Decline;
  readonly moves: PriceMoves;
  readonly months: number;
  readonly draws: number;
  readonly seed: number;
}

export interface Simulation {
  /** Months to the first break-even; `null` is never within the months simulated. */
  readonly p10: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly neverShare: number;
  /** Cumulative advantage at the end of each month, from month 0. */
  readonly fan: readonly { readonly month: number; readonly p10: number; readonly p50: number; readonly p90: number }[];
}

/** 95 % of a normal lie within 1.96 of its deviations on either side. */
const deviationsOfInterval = 2 * 1.959_964;

/**
 * Break-even where the price moves by jumps of both signs, as list prices do.
 *
 * Each draw is one price path: a Poisson process whose rate is itself drawn (as many jumps as a Poisson count around
 * those observed, over the months observed) and whose sizes are drawn, with replacement, from the observed ones. All
 * sizes of a path are shifted by one amount, so that its drift is on average the decline that the plan is made with,
 * which is drawn from its interval where it has one. Without any observed jump the price falls smoothly.
 *
 * Cost: O(draws × (months + jumps)) and a sort of `draws` numbers for each month. The same seed gives the same result.
 */
export function simulatePrices(terms: SimulationTerms): Simulation {
  const { months, draws, capexUsd } = terms;
  const random = seededRandom(terms.seed);
  const advantages = Array.from({ length: months }, () => new Float64Array(draws));
  const firsts = new Float64Array(draws).fill(Number.POSITIVE_INFINITY);
  for (let draw = 0; draw < draws; draw += 1) {
    const path = drawPath(terms, random);
    let advantage = -capexUsd;
    if (advantage >= 0) firsts[draw] = 0;
    for (let month = 0; month < months; month += 1) {
      const before = advantage;
      advantage += path(month) - terms.runningUsd;
      const ofMonth = advantages[month];
      if (ofMonth !== undefined) ofMonth[draw] = advantage;
      if (advantage >= 0 && firsts[draw] === Number.POSITIVE_INFINITY) {
        firsts[draw] = month + (before >= 0 ? 0 : -before / (advantage - before)); // as if even within the month
      }
    }
  }
  const sorted = firsts.toSorted();
  const quantile = (share: number) => {
    const found = at(sorted, share);
    return Number.isFinite(found) ? found : null;
  };
  const start = { month: 0, p10: -capexUsd, p50: -capexUsd, p90: -capexUsd };
  return {
    p10: quantile(0.1),
    p50: quantile(0.5),
    p90: quantile(0.9),
    neverShare: firsts.filter((first) => first === Number.POSITIVE_INFINITY).length / draws,
    fan: [
      start,
      ...advantages.map((ofMonth, i) => {
        const ordered = ofMonth.toSorted();
        return { month: i + 1, p10: at(ordered, 0.1), p50: at(ordered, 0.5), p90: at(ordered, 0.9) };
      }),
    ],
  };
}

const at = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;

/** One path's bill, month by month; must be asked in order. */
function drawPath({ billUsd, growthPerMonth, decline, moves }: SimulationTerms, random: () => number) {
  const { logRatios, months: observedMonths } = moves;
  const hasJumps = logRatios.length > 0 && observedMonths > 0;
  const { perMonth, interval } = decline;
  const k =
    interval === null ? perMonth : perMonth + ((interval.high - interval.low) / deviationsOfInterval) * normal(random);
  const observedRate = hasJumps ? logRatios.length / observedMonths : 0;
  const rate = hasJumps ? poisson(logRatios.length, random) / observedMonths : 0;
  const mean = hasJumps ? logRatios.reduce((sum, one) => sum + one, 0) / logRatios.length : 0;
  const shift = hasJumps ? -k / observedRate - mean : 0;
  const smooth = hasJumps ? 0 : k;
  let logPrice = 0;
  let nextJump = rate > 0 ? exponential(rate, random) : Number.POSITIVE_INFINITY;
  return (month: number): number => {
    let bill = 0;
    let from = month;
    while (from < month + 1) {
      const to = Math.min(month + 1, nextJump);
      // Within one piece the price is e^(logPrice - smooth·t) and the volume e^(growth·t).
      bill += billUsd * Math.exp(logPrice) * grown(growthPerMonth - smooth, from, to);
      from = to;
      if (nextJump > month + 1) break;
      logPrice += (logRatios[Math.floor(random() * logRatios.length)] ?? 0) + shift;
      nextJump += exponential(rate, random);
    }
    return bill;
  };
}

/** ∫ e^(rate·t) dt. */
const grown = (rate: number, from: number, to: number) =>
  rate === 0 ? to - from : (Math.exp(rate * from) * Math.expm1(rate * (to - from))) / rate;

const exponential = (rate: number, random: () => number) => -Math.log(1 - random()) / rate;

/** By multiplying uniforms, in parts of at most 500 so that e^-mean is a number. @source Knuth, TAOCP 2, 3.4.1 */
function poisson(mean: number, random: () => number): number {
  let count = 0;
  for (let left = mean; left > 0; left -= 500) {
    const limit = Math.exp(-Math.min(500, left));
    for (let product = random(); product > limit; product *= random()) count += 1;
  }
  return count;
}

/** @source Box, Muller: A Note on the Generation of Random Normal Deviates, 1958 */
const normal = (random: () => number) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
