import type { Lever } from "./levers.ts";
import { pays, pricePlan } from "./price-plan.ts";

export interface Flip {
  readonly variable: string;
  readonly unit: Lever["unit"];
  readonly direction: "above" | "below";
  readonly value: number;
  readonly to: "local" | "api";
}

/** Three hundredths of a factor of a hundred: a flip and back within one step goes unseen. */
const gridSteps = 150;
const halvings = 50;

/**
 * The nearest value on either side of today's at which buying begins or ceases to pay, for each lever by itself. The
 * result is not monotone (machines come in whole units), so a grid is walked outwards, then the step is halved down.
 */
export function findFlips(levers: readonly Lever[]): readonly Flip[] {
  return levers.flatMap((lever) => {
    if (lever.search === undefined) return [];
    const { from, to } = lever.search;
    return [flipTowards(lever, from, "below"), flipTowards(lever, to, "above")].flatMap((flip) => flip ?? []);
  });
}

function flipTowards(lever: Lever, bound: number, direction: Flip["direction"]): Flip | undefined {
  const { base } = lever;
  if (direction === "above" ? bound <= base : bound >= base) return undefined;
  const doesPay = (value: number) => pays(pricePlan(lever.with(value)));
  const paysNow = doesPay(base);
  const between = spacing(base, bound);
  let near = base;
  for (let i = 1; i <= gridSteps; i += 1) {
    let far = between(i / gridSteps);
    if (doesPay(far) === paysNow) {
      near = far;
      continue;
    }
    for (let n = 0; n < halvings; n += 1) {
      const middle = (near + far) / 2;
      if (doesPay(middle) === paysNow) near = middle;
      else far = middle;
    }
    return { variable: lever.variable, unit: lever.unit, direction, value: far, to: paysNow ? "api" : "local" };
  }
  return undefined;
}

/** Even steps of the logarithm between values above 0, of the value itself where one of them is 0. */
function spacing(from: number, to: number): (share: number) => number {
  if (from > 0 && to > 0) return (share) => from * (to / from) ** share;
  return (share) => from + (to - from) * share;
}

const names: Readonly<Record<string, string>> = {
  comparator_price: "the API's price",
  volume: "volume",
  decline_x_per_year: "the API's price decline",
  capex: "the price of the machine",
  tokens_per_second: "the machine's speed",
  running_cost: "the running cost",
  operations_hours: "operations",
  electricity_price: "the price of electricity",
  salvage_usd: "what the machine still fetches",
};

export function nameOfVariable(variable: string): string {
  return names[variable] ?? variable.replaceAll("_", " ");
}

/** `volume > 3.1x`, `operations < 4.0 h/month`. */
export function flipInWords({ variable, unit, direction, value }: Flip): string {
  return `${nameOfVariable(variable)} ${direction === "above" ? ">" : "<"} ${valueInWords(unit, value)}`;
}

export function valueInWords(unit: Lever["unit"], value: number): string {
  const digits = Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(2);
  switch (unit) {
    case "times":
      return `${digits}x`;
    case "x_per_year":
      return value < 1 ? `rising ${(1 / value).toPrecision(2)}x/yr` : `${digits}x/yr`;
    case "hours_per_month":
      return `${value.toFixed(1)} h/month`;
    case "per_month":
      return `${(100 * value).toFixed(1)} %/month`;
    case "usd":
      return `${value < 0 ? "-" : ""}$${Math.abs(value).toFixed(0)}`;
  }
}
