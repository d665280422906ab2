import type { AdvantageTerms } from "../model/cumulative-advantage.ts";
import { breakEvenOf } from "../model/cumulative-advantage.ts";
import { declineOfFactor } from "../model/decline.ts";

/** Months to break-even by first bill (rows, ascending) and by yearly decline (columns, ascending); `null` is never. */
export interface BreakEvenSurface {
  readonly billsUsd: readonly number[];
  readonly xPerYear: readonly number[];
  readonly months: readonly (readonly (number | null)[])[];
}

const factors = [0.67, 1, 1.5, 2, 3, 5, 7, 10, 20, 40];
const rows = 12;

/** From an eighth to eight times the plan's own bill, or of the running cost where there is no bill. */
export function breakEvenSurface(terms: AdvantageTerms, growthPerMonth: number): BreakEvenSurface {
  const middle = terms.billUsd > 0 ? terms.billUsd : Math.max(1, terms.runningUsd);
  const billsUsd = Array.from({ length: rows }, (_, i) => middle * 8 ** ((2 * i) / (rows - 1) - 1));
  const months = billsUsd.map((billUsd) =>
    factors.map((factor) => {
      const declinePerMonth = declineOfFactor(factor) - growthPerMonth;
      return breakEvenOf({ ...terms, billUsd, declinePerMonth }).firstMonths;
    }),
  );
  return { billsUsd, xPerYear: factors, months };
}
