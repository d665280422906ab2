import type { AdvantageTerms } from "../model/cumulative-advantage.ts";
import { advantageAt, breakEvenOf } from "../model/cumulative-advantage.ts";
import type { Capacity } from "../model/unit-costs.ts";
import { averageRates, capacityFor, electricityUsd, hoursPerMonth } from "../model/unit-costs.ts";
import type { LocalMachine, Workload } from "./inputs.ts";

/** What the decision rests on, in the units of its parts: the tornado and the search for flips change these. */
export interface PlanTerms {
  readonly workload: Workload;
  readonly machine: LocalMachine;
  readonly usdPerQuery: number;
  readonly declinePerMonth: number;
}

export interface PricedPlan {
  readonly capacity: Capacity;
  readonly running: RunningCosts;
  readonly terms: AdvantageTerms;
  /** The best month to stop with the machine sold, and what all of it came to by then. */
  readonly bestExitMonths: number;
  readonly bestExitUsd: number;
}

export interface RunningCosts {
  readonly electricityUsd: number;
  readonly operationsUsd: number;
  readonly otherUsd: number;
  readonly totalUsd: number;
}

/** Pure: the same terms give the same plan. The number of machines is that of the first month. */
export function pricePlan({ workload, machine, usdPerQuery, declinePerMonth }: PlanTerms): PricedPlan {
  const load = averageRates(workload.queriesPerMonth, workload.inputTokensPerQuery, workload.outputTokensPerQuery);
  const { peakFactor, batchableRatio } = workload;
  const { utilisationMax, tokensPerSecond } = machine;
  const capacity = capacityFor(load, tokensPerSecond, { peakFactor, utilisationMax, batchableRatio });
  const running = runningCosts(machine, capacity);
  const terms = {
    billUsd: workload.queriesPerMonth * usdPerQuery,
    runningUsd: running.totalUsd,
    capexUsd: capacity.units * machine.capexUsd + machine.setupHours * machine.usdPerOperationsHour,
    declinePerMonth: declinePerMonth - workload.growthPerMonth,
  };
  return { capacity, running, terms, ...bestExit(terms, machine, capacity.units) };
}

function runningCosts(machine: LocalMachine, { units, utilisation }: Capacity): RunningCosts {
  const busyHours = units * utilisation * hoursPerMonth;
  const idleHours = units * hoursPerMonth - busyHours;
  const electricity =
    electricityUsd(machine.activeWatts, busyHours, machine.usdPerKwh) +
    electricityUsd(machine.idleWatts, idleHours, machine.usdPerKwh);
  const operations = machine.operationsHoursPerMonth * machine.usdPerOperationsHour;
  const parts = { electricityUsd: electricity, operationsUsd: operations, otherUsd: machine.otherUsdPerMonth };
  return { ...parts, totalUsd: machine.runningUsdPerMonth ?? electricity + operations + machine.otherUsdPerMonth };
}

/** What the machines fetch when they are sold after `months`. */
export function salvageUsd({ salvage }: LocalMachine, units: number, months: number): number {
  // What has to be paid to be rid of it does not decay away.
  return units * (salvage.usd > 0 ? salvage.usd * Math.exp(-salvage.decayPerMonth * months) : salvage.usd);
}

export interface Machines {
  readonly units: number;
  /** Price and set-up of all of them. */
  readonly capexUsd: number;
  readonly runningUsd: number;
}

export function machinesOf({ terms: { capexUsd, runningUsd }, capacity: { units } }: PricedPlan): Machines {
  return { units, capexUsd, runningUsd };
}

/** A month of the machines' life with all that it takes: price and set-up less salvage, by the month, and running them. */
export function monthlyUsd(machine: LocalMachine, { units, capexUsd, runningUsd }: Machines): number {
  return (capexUsd - salvageUsd(machine, units, machine.lifeMonths)) / machine.lifeMonths + runningUsd;
}

/** Looks at each month of the machine's life and at the peak, for salvage moves the best month away from the peak. */
function bestExit(terms: AdvantageTerms, machine: LocalMachine, units: number) {
  const { peakMonths } = breakEvenOf(terms);
  const months = Array.from({ length: machine.lifeMonths }, (_, i) => i + 1);
  if (peakMonths !== null && peakMonths > 0 && peakMonths < machine.lifeMonths) months.push(peakMonths);
  let best = { bestExitMonths: machine.lifeMonths, bestExitUsd: Number.NEGATIVE_INFINITY };
  for (const month of months) {
    const usd = advantageAt(terms, month) + salvageUsd(machine, units, month);
    if (usd > best.bestExitUsd) best = { bestExitMonths: month, bestExitUsd: usd };
  }
  return best;
}

/** Buying pays when it is at or above zero at its best month. */
export const pays = ({ bestExitUsd }: Pick<PricedPlan, "bestExitUsd">): boolean => bestExitUsd >= 0;
