const monthsPerYear = 12;

/** Falls by this factor in a year, as a rate k of e^(-k·months). 1 is flat, below 1 the price rises. */
export function declineOfFactor(xPerYear: number): number {
  return Math.log(xPerYear) / monthsPerYear;
}

export function factorOfDecline(perMonth: number): number {
  return Math.exp(perMonth * monthsPerYear);
}

/** Months until the price has halved; `null` where it does not fall. */
export function halfLifeMonths(perMonth: number): number | null {
  return perMonth > 0 ? Math.LN2 / perMonth : null;
}

/** The factor in a year of a price that keeps this share from one month to the next. */
export function factorOfMonthlyShare(share: number): number {
  return share ** -monthsPerYear;
}
