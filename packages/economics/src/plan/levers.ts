import { declineOfFactor, factorOfDecline } from "../model/decline.ts";
import type { EconomicsInputs } from "./inputs.ts";
import type { PlanTerms } from "./price-plan.ts";

/** One thing that could be otherwise: how to change it, and how far it is taken. */
export interface Lever {
  readonly variable: string;
  /** As a value of its own (`x per year`, hours) or as a multiple of what is planned with. */
  readonly unit: "times" | "x_per_year" | "hours_per_month" | "per_month" | "usd";
  readonly base: number;
  with(value: number): PlanTerms;
  /** Ends of the tornado's bar. */
  readonly low: number;
  readonly high: number;
  /** Bounds of the search for a flip; absent: it is not searched. */
  readonly search?: { readonly from: number; readonly to: number };
}

/** A price that rises by half in a year: chosen, about the middle of the rises that were published. */
export const risingFactor = 1 / 1.5;

/** What the plan is made with when nothing is changed. */
export function planOf({ workload, machine, comparator, decline }: EconomicsInputs): PlanTerms {
  return { workload, machine, usdPerQuery: comparator?.usdPerQuery ?? 0, declinePerMonth: decline.perMonth };
}

/** Ends are chosen: half and double where nothing is known, a quarter either way for what is bought at a known price. */
export function leversOf(inputs: EconomicsInputs): readonly Lever[] {
  const plan = planOf(inputs);
  const { workload, machine } = plan;
  const times = (
    variable: string,
    change: (factor: number) => PlanTerms,
    [low, high]: readonly [number, number] = [0.5, 2],
  ): Lever => ({ variable, unit: "times", base: 1, with: change, low, high, search: { from: 0.01, to: 100 } });
  const withMachine = (changed: Partial<typeof machine>): PlanTerms => ({
    ...plan,
    machine: { ...machine, ...changed },
  });
  const { prefill, decode } = machine.tokensPerSecond;
  const base = factorOfDecline(plan.declinePerMonth);
  const { low = declineOfFactor(risingFactor), high = declineOfFactor(Math.max(10, base * 2)) } =
    inputs.decline.interval ?? {};
  const strictest = inputs.strictest?.usdPerQuery ?? plan.usdPerQuery;
  const levers: Lever[] = [
    {
      ...times("comparator_price", (factor) => ({ ...plan, usdPerQuery: plan.usdPerQuery * factor })),
      ...(strictest > plan.usdPerQuery && plan.usdPerQuery > 0 && { low: 1, high: strictest / plan.usdPerQuery }),
    },
    times("volume", (factor) => ({
      ...plan,
      workload: { ...workload, queriesPerMonth: workload.queriesPerMonth * factor },
    })),
    {
      variable: "decline_x_per_year",
      unit: "x_per_year",
      base,
      with: (xPerYear) => ({ ...plan, declinePerMonth: declineOfFactor(xPerYear) }),
      low: factorOfDecline(low),
      high: factorOfDecline(high),
      search: { from: 0.1, to: 5_000 },
    },
    {
      variable: "growth_per_month",
      unit: "per_month",
      base: workload.growthPerMonth,
      with: (growthPerMonth) => ({ ...plan, workload: { ...workload, growthPerMonth } }),
      low: workload.growthPerMonth - 0.03,
      high: workload.growthPerMonth + 0.03,
    },
    times("capex", (factor) => withMachine({ capexUsd: machine.capexUsd * factor }), [0.75, 1.25]),
    times("tokens_per_second", (factor) =>
      withMachine({ tokensPerSecond: { prefill: prefill * factor, decode: decode * factor } }),
    ),
    {
      variable: "salvage_usd",
      unit: "usd",
      base: machine.salvage.usd,
      with: (usd) => withMachine({ salvage: { ...machine.salvage, usd } }),
      low: machine.salvage.lowUsd,
      high: machine.salvage.highUsd,
    },
  ];
  if (machine.runningUsdPerMonth !== undefined) {
    const running = machine.runningUsdPerMonth;
    return [...levers, times("running_cost", (factor) => withMachine({ runningUsdPerMonth: running * factor }))];
  }
  const hours = machine.operationsHoursPerMonth;
  return [
    ...levers,
    {
      variable: "operations_hours",
      unit: "hours_per_month",
      base: hours,
      with: (operationsHoursPerMonth) => withMachine({ operationsHoursPerMonth }),
      low: hours / 2,
      high: hours === 0 ? 8 : hours * 2,
      search: { from: 0, to: 730 },
    },
    times("electricity_price", (factor) => withMachine({ usdPerKwh: machine.usdPerKwh * factor })),
  ];
}
