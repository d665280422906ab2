import { advantageAt } from "../model/cumulative-advantage.ts";
import { factorOfDecline, halfLifeMonths } from "../model/decline.ts";
import { breakEvenSurface } from "../plan/break-even-surface.ts";
import type { EconomicsReport, Scenario } from "../plan/decide-economics.ts";
import { flipInWords } from "../plan/find-flips.ts";
import type { Basis } from "../plan/inputs.ts";
import type { TornadoBar } from "../plan/tornado.ts";
import type { QuantisationRow } from "../speed/quantisation-rows.ts";
import type { EconomicsDocument, PriceHistoryDocument } from "./economics-document.ts";

/** What stands on the page beside the decision itself. */
export interface DocumentExtras {
  readonly priceBookId: string;
  readonly quantisation: readonly QuantisationRow[];
  readonly priceHistory: PriceHistoryDocument | null;
  readonly warnings: readonly string[];
}

/** Models that are named as blocked; the rest are counted. */
const blockedMost = 10;

/** The report in the words and units of the wire. Pure. */
export function toEconomicsDocument(report: EconomicsReport, extras: DocumentExtras): EconomicsDocument {
  const { inputs, reached, plan, breakEven, simulation, unitCosts, costsOfPass, gates } = report;
  const { comparator, policy, machine } = inputs;
  return {
    schema: "larder.economics/1",
    currency: "USD",
    as_of: inputs.today,
    ...reached,
    weakest_basis: report.weakest,
    next_review: report.nextReview,
    policy_gate: {
      residency: [...policy.regions],
      offline_required: policy.isOfflineRequired,
      gates: gates.all.map((gate) => ({ ...gate })),
      blocked_options: policy.blocked.slice(0, blockedMost).map(({ name, reason }) => `${name}: ${reason}`),
      blocked_count: policy.blocked.length,
    },
    workload: workloadOf(report),
    api: { ...apiOf(report), price_book: extras.priceBookId },
    local: localOf(report),
    unit_usd_per_mtok: {
      api: unit(unitCosts.api),
      local_marginal: unit(unitCosts.localMarginal),
      local_full: unit(unitCosts.localFull),
    },
    cost_per_pass_usd: {
      api: unit(costsOfPass.apiUsd),
      local: unit(costsOfPass.localUsd),
      api_with_errors: unit(costsOfPass.apiWithErrorsUsd),
      local_with_errors: unit(costsOfPass.localWithErrorsUsd),
      error_usd: cents(inputs.risk.usdPerError),
    },
    breakeven: {
      exists: breakEven.exists && comparator !== undefined,
      months: { closed_form: breakEven.firstMonths, p10: simulation.p10, p50: simulation.p50, p90: simulation.p90 },
      p_never: simulation.neverShare,
      draws: inputs.draws,
      seed: inputs.seed,
      jumps: {
        count: inputs.moves.logRatios.length,
        months_watched: inputs.moves.months,
        source: inputs.moves.source,
      },
      under_water_again_months: breakEven.underWaterMonths,
      switch_off_months: breakEven.peakMonths,
      peak_advantage_usd: breakEven.peakUsd === null ? null : cents(breakEven.peakUsd),
      hurdle_bill_usd: cents(report.hurdleUsd),
      best_exit: { months: plan.bestExitMonths, usd_with_salvage: cents(plan.bestExitUsd) },
      scenarios: report.scenarios.map(toScenario),
    },
    flips: report.flips.map((flip) => ({ ...flip, words: flipInWords(flip) })),
    tornado: report.tornado.map(toBar),
    personas: { recommended: report.personas.recommended, all: report.personas.all.map((each) => ({ ...each })) },
    hedge_usd_per_month: cents(report.hedgeUsdPerMonth),
    option_value_usd_12m: cents(report.optionValueUsd),
    quantisation: extras.quantisation.map(toQuantisation),
    charts: {
      fan: simulation.fan.map((at) => ({ ...at, closed_form: advantageAt(plan.terms, at.month) })),
      surface: surfaceOf(report),
      unit_cost: unitCosts.byUtilisation.map(({ utilisation, usdPerMTok }) => ({
        utilisation,
        usd_per_mtok: usdPerMTok,
      })),
    },
    price_history: extras.priceHistory,
    basis_of: basisOf(report),
    warnings: [...extras.warnings, ...(machine.quality === null ? ["The quality of the local model is unknown."] : [])],
  };
}

/** Dollars to the cent; what is smaller says so by its digits. */
const cents = (value: number): string => plain(value, 2);
const unit = (value: number | null): string | null => (value === null ? null : plain(value, 6));
const plain = (value: number, digits: number): string => {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text; // no minus before nothing
};

function workloadOf({ inputs: { workload } }: EconomicsReport): EconomicsDocument["workload"] {
  return {
    queries_per_month: workload.queriesPerMonth,
    in_tok_per_q: workload.inputTokensPerQuery,
    out_tok_per_q: workload.outputTokensPerQuery,
    peak_factor: workload.peakFactor,
    growth_per_month: workload.growthPerMonth,
    batchable_ratio: workload.batchableRatio,
  };
}

function apiOf({ inputs, plan }: EconomicsReport): Omit<EconomicsDocument["api"], "price_book"> {
  const { comparator, decline, strictest } = inputs;
  return {
    comparator: comparator === undefined ? null : `${comparator.provider}/${comparator.model}`,
    capable_evidence: inputs.capableBecause,
    quality: comparator?.quality ?? null,
    usd_per_query: unit(comparator?.usdPerQuery ?? null),
    bill_month0_usd: cents(plan.terms.billUsd),
    strictest:
      strictest === undefined
        ? null
        : {
            model: `${strictest.provider}/${strictest.model}`,
            quality: strictest.quality,
            usd_per_query: plain(strictest.usdPerQuery, 6),
          },
    after: [...inputs.apiAfter],
    decline: {
      index: decline.fitted === undefined ? "stated" : "constant_quality",
      k_per_month: decline.perMonth,
      x_per_year: factorOfDecline(decline.perMonth),
      ci: decline.interval === null ? null : [decline.interval.low, decline.interval.high],
      half_life_months: halfLifeMonths(decline.perMonth),
      n_points: decline.fitted?.points ?? null,
      basis: decline.basis,
      source: decline.source,
    },
  };
}

function localOf({
  inputs: { machine },
  plan: { capacity, running, terms },
}: EconomicsReport): EconomicsDocument["local"] {
  return {
    name: machine.name,
    capex_usd: cents(terms.capexUsd),
    running_usd_per_month: cents(running.totalUsd),
    running_parts_usd: {
      electricity: cents(running.electricityUsd),
      operations: cents(running.operationsUsd),
      other: cents(running.otherUsd),
    },
    setup_hours: machine.setupHours,
    life_months: machine.lifeMonths,
    salvage: {
      usd: cents(machine.salvage.usd),
      low_usd: cents(machine.salvage.lowUsd),
      high_usd: cents(machine.salvage.highUsd),
      decay_per_month: machine.salvage.decayPerMonth,
    },
    power_w: { active: machine.activeWatts, idle: machine.idleWatts },
    kwh_usd: plain(machine.usdPerKwh, 4),
    tok_per_s: {
      ...machine.tokensPerSecond,
      concurrency: machine.concurrency,
      basis: machine.speedBasis,
      measured_at: machine.speedMeasuredAt ?? null,
    },
    utilisation_ratio: capacity.utilisation,
    units_needed: capacity.units,
    units_by_phase: { prefill: capacity.prefillUnits, decode: capacity.decodeUnits },
    ops_hours_per_month: machine.operationsHoursPerMonth,
    rate_usd_per_h: cents(machine.usdPerOperationsHour),
    quality_gate: machine.qualityGate,
    quality: machine.quality,
  };
}

const toScenario = (scenario: Scenario) => ({
  name: scenario.name,
  k_per_month: scenario.declinePerMonth,
  exists: scenario.exists,
  months: scenario.firstMonths,
  under_water_again_months: scenario.underWaterMonths,
});

function toBar({ variable, unit: unitName, low, high }: TornadoBar): EconomicsDocument["tornado"][number] {
  const end = ({ value, bestExitUsd, breakEvenMonths }: TornadoBar["low"]) => ({
    value,
    best_exit_usd: cents(bestExitUsd),
    break_even_months: breakEvenMonths,
  });
  return { variable, unit: unitName, low: end(low), high: end(high) };
}

function toQuantisation(row: QuantisationRow): EconomicsDocument["quantisation"][number] {
  const { qualityInterval: interval } = row;
  return {
    model: row.model,
    quantization: row.quantization ?? null,
    tok_per_s: row.tokensPerSecond,
    speed_basis: row.speedBasis,
    answers: row.answers,
    quality: row.quality,
    quality_ci: interval === null ? null : [interval.low, interval.high],
    judged: row.judged,
    beaten_by: row.beatenBy,
  };
}

function surfaceOf({ plan, inputs }: EconomicsReport): EconomicsDocument["charts"]["surface"] {
  const { billsUsd, xPerYear, months } = breakEvenSurface(plan.terms, inputs.workload.growthPerMonth);
  return { bills_usd: [...billsUsd], x_per_year: [...xPerYear], months: months.map((row) => [...row]) };
}

function basisOf({ inputs }: EconomicsReport): EconomicsDocument["basis_of"] {
  const { workload, comparator, decline, machine, moves } = inputs;
  const row = (what: string, basis: Basis, note: string) => ({ what, basis, note });
  return [
    row("workload", workload.basis, "queries, tokens, peak, growth"),
    row("API price", comparator === undefined ? "assumed" : "catalog", "the price book in force"),
    row("API quality", comparator?.qualityBasis ?? "assumed", inputs.capableBecause),
    row("price decline", decline.basis, decline.source),
    row("price jumps", moves.isObserved ? "observed" : "stated", moves.source),
    row("local speed", machine.speedBasis, `${machine.concurrency} at once`),
    row("operations", machine.operationsBasis, "hours and what one costs"),
    row("local quality", machine.qualityGate === "unknown" ? "assumed" : "stated", machine.qualityGate),
  ];
}
