import { breakEvenOf } from "../model/cumulative-advantage.ts";
import type { Lever } from "./levers.ts";
import { pricePlan } from "./price-plan.ts";

export interface TornadoBar {
  readonly variable: string;
  readonly unit: Lever["unit"];
  readonly low: TornadoEnd;
  readonly high: TornadoEnd;
}

export interface TornadoEnd {
  readonly value: number;
  /** What buying comes to at its best month, with the machine sold. */
  readonly bestExitUsd: number;
  readonly breakEvenMonths: number | null;
}

/** What each figure alone does to the result, the widest first. Money and not months: months may be never. */
export function tornadoOf(levers: readonly Lever[]): readonly TornadoBar[] {
  const end = (lever: Lever, value: number): TornadoEnd => {
    const { bestExitUsd, terms } = pricePlan(lever.with(value));
    return { value, bestExitUsd, breakEvenMonths: breakEvenOf(terms).firstMonths };
  };
  return levers
    .map((lever) => ({
      variable: lever.variable,
      unit: lever.unit,
      low: end(lever, lever.low),
      high: end(lever, lever.high),
    }))
    .toSorted((a, b) => swing(b) - swing(a));
}

const swing = ({ low, high }: TornadoBar) => Math.abs(high.bestExitUsd - low.bestExitUsd);
