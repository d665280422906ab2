import type { AdvantageTerms, BreakEven } from "../model/cumulative-advantage.ts";
import { breakEvenOf, hurdleBillUsd, optionValueUsd } from "../model/cumulative-advantage.ts";
import { declineOfFactor } from "../model/decline.ts";
import { costOfPass, costWithErrors } from "../model/unit-costs.ts";
import type { Gates } from "./check-gates.ts";
import { checkGates, isQualityMeasured } from "./check-gates.ts";
import type { Flip } from "./find-flips.ts";
import { findFlips } from "./find-flips.ts";
import type { Basis, EconomicsInputs } from "./inputs.ts";
import { weakestOf } from "./inputs.ts";
import { leversOf, planOf, risingFactor } from "./levers.ts";
import type { PricedPlan } from "./price-plan.ts";
import { machinesOf, monthlyUsd, pays, pricePlan } from "./price-plan.ts";
import type { ReachedVerdict } from "./reach-verdict.ts";
import { reachVerdict } from "./reach-verdict.ts";
import type { PersonaAdvice } from "./recommend-persona.ts";
import { recommendPersona } from "./recommend-persona.ts";
import type { Simulation } from "./simulate-prices.ts";
import { simulatePrices } from "./simulate-prices.ts";
import type { TornadoBar } from "./tornado.ts";
import { tornadoOf } from "./tornado.ts";
import type { UnitCosts } from "./unit-costs-of-plan.ts";
import { unitCostsOf } from "./unit-costs-of-plan.ts";

export interface Scenario extends BreakEven {
  readonly name: "as_stated" | "flat" | "rising" | "falling_10x";
  readonly declinePerMonth: number;
}

export interface CostsOfPass {
  readonly apiUsd: number | null;
  readonly localUsd: number | null;
  readonly apiWithErrorsUsd: number | null;
  readonly localWithErrorsUsd: number | null;
}

export interface EconomicsReport {
  readonly inputs: EconomicsInputs;
  readonly reached: ReachedVerdict;
  readonly weakest: Basis;
  readonly gates: Gates;
  readonly plan: PricedPlan;
  readonly breakEven: BreakEven;
  readonly hurdleUsd: number;
  readonly scenarios: readonly Scenario[];
  readonly simulation: Simulation;
  readonly unitCosts: UnitCosts;
  readonly costsOfPass: CostsOfPass;
  readonly flips: readonly Flip[];
  readonly tornado: readonly TornadoBar[];
  readonly personas: PersonaAdvice;
  readonly hedgeUsdPerMonth: number;
  /** Of twelve months of staying able to switch. */
  readonly optionValueUsd: number;
  readonly nextReview: string;
}

/** Everything that the one page says, of inputs that were checked. Pure; the same inputs give the same report. */
export function decideEconomics(inputs: EconomicsInputs): EconomicsReport {
  const gates = checkGates(inputs);
  const plan = pricePlan(planOf(inputs));
  const breakEven = breakEvenOf(plan.terms);
  const levers = leversOf(inputs);
  const simulation = simulate(inputs, plan.terms);
  const weakest = weakestBasis(inputs);
  const costsOfPass = costsOfPassOf(inputs, plan);
  const hedgeUsdPerMonth = hedgeOf(inputs, plan);
  const hurdleUsd = hurdleBillUsd(plan.terms);
  return {
    ...{ inputs, gates, plan, breakEven, simulation, weakest, costsOfPass, hedgeUsdPerMonth, hurdleUsd },
    reached: reachVerdict({
      isApiOpen: gates.isApiOpen,
      isLocalOpen: gates.isLocalOpen,
      doesBuyingPay: pays(plan),
      neverShare: simulation.neverShare,
      isHedgeWorthIt: hedgeUsdPerMonth > 0,
      localQuality: inputs.machine.qualityGate,
      isApiQualityMeasured: isQualityMeasured(inputs.comparator),
      weakest,
    }),
    scenarios: scenariosOf(plan.terms, inputs),
    unitCosts: unitCostsOf(inputs, plan),
    flips: gates.isApiOpen && gates.isLocalOpen ? findFlips(levers) : [],
    tornado: tornadoOf(levers),
    personas: recommendPersona({
      isOfflineRequired: inputs.policy.isOfflineRequired,
      hasRegions: inputs.policy.regions.length > 0,
      isApiOpen: gates.isApiOpen,
      billUsd: plan.terms.billUsd,
      hurdleUsd,
      hedgeUsdPerMonth,
      hasRisks: riskUsdPerMonth(inputs) > 0,
      hasLatency: inputs.latency !== undefined,
      apiWithErrorsUsd: costsOfPass.apiWithErrorsUsd,
      localWithErrorsUsd: costsOfPass.localWithErrorsUsd,
      usdPerError: inputs.risk.usdPerError,
    }),
    optionValueUsd: optionValueUsd(
      {
        billUsd: plan.terms.billUsd,
        growthPerMonth: inputs.workload.growthPerMonth,
        declinePerMonth: inputs.decline.perMonth,
      },
      12,
    ),
    nextReview: nextReviewOf(inputs, breakEven),
  };
}

function simulate(
  { workload, decline, moves, machine, draws, seed }: EconomicsInputs,
  terms: AdvantageTerms,
): Simulation {
  const { billUsd, runningUsd, capexUsd } = terms;
  const { growthPerMonth } = workload;
  return simulatePrices({
    ...{ billUsd, runningUsd, capexUsd, growthPerMonth, decline, moves, draws, seed },
    months: machine.lifeMonths,
  });
}

/** A rise is always among them: nobody has promised that prices fall. */
function scenariosOf(terms: AdvantageTerms, { workload, decline }: EconomicsInputs): readonly Scenario[] {
  const scenario = (name: Scenario["name"], declinePerMonth: number): Scenario => ({
    name,
    declinePerMonth,
    ...breakEvenOf({ ...terms, declinePerMonth: declinePerMonth - workload.growthPerMonth }),
  });
  return [
    scenario("as_stated", decline.perMonth),
    scenario("flat", 0),
    scenario("rising", declineOfFactor(risingFactor)),
    scenario("falling_10x", declineOfFactor(10)),
  ];
}

function costsOfPassOf({ comparator, machine, risk, workload }: EconomicsInputs, plan: PricedPlan): CostsOfPass {
  const local =
    workload.queriesPerMonth === 0 ? null : monthlyUsd(machine, machinesOf(plan)) / workload.queriesPerMonth;
  const api = comparator?.usdPerQuery ?? null;
  const apiQuality = comparator?.quality ?? null;
  const pass = (usd: number | null, quality: number | null) =>
    usd === null || quality === null ? null : costOfPass(usd, quality);
  const withErrors = (usd: number | null, quality: number | null) =>
    usd === null || quality === null ? null : costWithErrors(usd, quality, risk.usdPerError);
  return {
    apiUsd: pass(api, apiQuality),
    localUsd: pass(local, machine.quality),
    apiWithErrorsUsd: withErrors(api, apiQuality),
    localWithErrorsUsd: withErrors(local, machine.quality),
  };
}

const riskUsdPerMonth = ({ risk }: EconomicsInputs) =>
  risk.outageHoursPerMonth * risk.usdPerOutageHour + risk.deprecationsPerMonth * risk.usdPerMigration;

/**
 * One unit is enough for degraded service. Its price less what it still fetches counts by the month of its life, beside
 * what it takes to run.
 */
function hedgeOf(inputs: EconomicsInputs, { running, capacity }: PricedPlan): number {
  const { machine } = inputs;
  const runningUsd =
    machine.runningUsdPerMonth ?? running.electricityUsd / capacity.units + running.operationsUsd + running.otherUsd;
  const capexUsd = machine.capexUsd + machine.setupHours * machine.usdPerOperationsHour;
  return riskUsdPerMonth(inputs) - monthlyUsd(machine, { units: 1, capexUsd, runningUsd });
}

function weakestBasis({ workload, comparator, decline, machine, moves }: EconomicsInputs): Basis {
  const price: Basis = comparator === undefined ? "assumed" : "catalog";
  const quality: Basis = comparator?.qualityBasis ?? "assumed";
  return weakestOf([
    workload.basis,
    price,
    quality,
    decline.basis,
    machine.speedBasis,
    // Hours count in the price of set-up even where the running cost is given as one figure.
    machine.operationsBasis,
    moves.isObserved ? "observed" : "stated",
  ]);
}

const reviewMonths = 3; // prices of models move by the month

function nextReviewOf({ today, comparator }: EconomicsInputs, { peakMonths }: BreakEven): string {
  const months = peakMonths !== null && peakMonths > 0 ? Math.min(reviewMonths, peakMonths) : reviewMonths;
  const dates = [addMonths(today, months), ...(comparator?.retiresOn === undefined ? [] : [comparator.retiresOn])];
  return dates.filter((date) => date > today).toSorted()[0] ?? addMonths(today, reviewMonths);
}

function addMonths(date: string, months: number): string {
  return new Date(Date.parse(date) + Math.max(1, months * 30.4375) * 86_400_000).toISOString().slice(0, 10);
}
