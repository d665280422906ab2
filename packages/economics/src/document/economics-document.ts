import { z } from "zod";

/**
 * `larder.economics/1`: what the one page says, for programs. Money is decimal text in dollars, months and ratios are
 * numbers, and `null` is never or unknown, as the field says; it is not 0.
 */

const usd = z.string().regex(/^-?\d+(?:\.\d+)?$/);
const usdOrNull = usd.nullable();
const ratio = z.number().min(0).max(1);
const date = z.iso.date();
const monthsOrNever = z.number().nullable().describe("null: never.");
const basis = z.enum(["measured", "observed", "catalog", "stated", "assumed"]);
const units = z.enum(["times", "x_per_year", "hours_per_month", "per_month", "usd"]);

const scenario = z.strictObject({
  name: z.enum(["as_stated", "flat", "rising", "falling_10x"]),
  k_per_month: z.number().describe("Below 0 the price rises."),
  exists: z.boolean(),
  months: monthsOrNever,
  under_water_again_months: monthsOrNever,
});
const tornadoEnd = z.strictObject({ value: z.number(), best_exit_usd: usd, break_even_months: monthsOrNever });
const pricePoint = z.strictObject({
  date,
  usd_per_query: usd,
  model: z.string(),
  source: z.string().optional().describe("Whose list; lists are never compared with each other."),
});

export const priceHistoryForm = z.strictObject({
  same_sku: z.array(pricePoint),
  same_slot: z.array(pricePoint),
  constant_quality: z.array(pricePoint),
});

export const economicsDocument = z.strictObject({
  schema: z.literal("larder.economics/1"),
  currency: z.literal("USD"),
  as_of: date,
  verdict: z.enum(["stay_api", "buy_local", "hybrid_fallback", "constraint_decides"]),
  confidence: z.enum(["low", "medium", "high"]),
  because: z.string(),
  weakest_basis: basis,
  next_review: date,
  policy_gate: z.strictObject({
    residency: z.array(z.string()),
    offline_required: z.boolean(),
    gates: z.array(
      z.strictObject({
        step: z.enum(["policy", "quality", "latency", "money"]),
        side: z.enum(["api", "local", "both"]),
        status: z.enum(["passed", "failed", "unknown", "not_asked"]),
        sentence: z.string(),
      }),
    ),
    blocked_options: z.array(z.string()),
    blocked_count: z.int().min(0),
  }),
  workload: z.strictObject({
    queries_per_month: z.number(),
    in_tok_per_q: z.number(),
    out_tok_per_q: z.number(),
    peak_factor: z.number(),
    growth_per_month: z.number(),
    batchable_ratio: ratio,
  }),
  api: z.strictObject({
    comparator: z.string().nullable().describe("As provider/model; null: none is left by policy and quality."),
    capable_evidence: z.string(),
    quality: ratio.nullable(),
    usd_per_query: usdOrNull,
    bill_month0_usd: usd,
    strictest: z.strictObject({ model: z.string(), quality: ratio.nullable(), usd_per_query: usd }).nullable(),
    after: z.array(z.string()),
    decline: z.strictObject({
      index: z.enum(["constant_quality", "stated"]),
      k_per_month: z.number(),
      x_per_year: z.number(),
      ci: z.tuple([z.number(), z.number()]).nullable(),
      half_life_months: z.number().nullable(),
      n_points: z.int().nullable(),
      basis,
      source: z.string(),
    }),
    price_book: z.string(),
  }),
  local: z.strictObject({
    name: z.string(),
    capex_usd: usd,
    running_usd_per_month: usd,
    running_parts_usd: z.strictObject({ electricity: usd, operations: usd, other: usd }),
    setup_hours: z.number(),
    life_months: z.int(),
    salvage: z.strictObject({ usd, low_usd: usd, high_usd: usd, decay_per_month: z.number() }),
    power_w: z.strictObject({ active: z.number(), idle: z.number() }),
    kwh_usd: usd,
    tok_per_s: z.strictObject({
      prefill: z.number(),
      decode: z.number(),
      concurrency: z.int(),
      basis,
      measured_at: z.string().nullable(),
    }),
    utilisation_ratio: ratio,
    units_needed: z.int(),
    units_by_phase: z.strictObject({ prefill: z.int(), decode: z.int() }),
    ops_hours_per_month: z.number(),
    rate_usd_per_h: usd,
    quality_gate: z.enum(["passed", "failed", "unknown"]),
    quality: ratio.nullable(),
  }),
  unit_usd_per_mtok: z.strictObject({ api: usdOrNull, local_marginal: usdOrNull, local_full: usdOrNull }),
  cost_per_pass_usd: z.strictObject({
    api: usdOrNull,
    local: usdOrNull,
    api_with_errors: usdOrNull,
    local_with_errors: usdOrNull,
    error_usd: usd,
  }),
  breakeven: z.strictObject({
    exists: z.boolean(),
    months: z.strictObject({
      closed_form: monthsOrNever,
      p10: monthsOrNever,
      p50: monthsOrNever,
      p90: monthsOrNever,
    }),
    p_never: ratio.describe("Within the machine's life."),
    draws: z.int(),
    seed: z.int(),
    jumps: z.strictObject({ count: z.int(), months_watched: z.number(), source: z.string() }),
    under_water_again_months: monthsOrNever,
    switch_off_months: monthsOrNever.describe("0: the bill is below the running cost from the start. null: never."),
    peak_advantage_usd: usdOrNull.describe("null: it grows without end."),
    hurdle_bill_usd: usd,
    best_exit: z.strictObject({ months: z.number(), usd_with_salvage: usd }),
    scenarios: z.array(scenario),
  }),
  flips: z.array(
    z.strictObject({
      variable: z.string(),
      unit: units,
      direction: z.enum(["above", "below"]),
      value: z.number(),
      to: z.enum(["local", "api"]),
      words: z.string(),
    }),
  ),
  tornado: z.array(z.strictObject({ variable: z.string(), unit: units, low: tornadoEnd, high: tornadoEnd })),
  personas: z.strictObject({
    recommended: z.enum(["cost_min", "risk_hedge", "specialist", "sovereign"]),
    all: z.array(
      z.strictObject({
        persona: z.enum(["cost_min", "risk_hedge", "specialist", "sovereign"]),
        fits: z.boolean(),
        reason: z.string(),
      }),
    ),
  }),
  hedge_usd_per_month: usd,
  option_value_usd_12m: usd,
  quantisation: z.array(
    z.strictObject({
      model: z.string(),
      quantization: z.string().nullable(),
      tok_per_s: z.number().nullable(),
      speed_basis: basis,
      answers: z.int(),
      quality: ratio.nullable(),
      quality_ci: z.tuple([z.number(), z.number()]).nullable(),
      judged: z.number(),
      beaten_by: z.string().nullable(),
    }),
  ),
  charts: z.strictObject({
    fan: z.array(
      z.strictObject({ month: z.number(), p10: z.number(), p50: z.number(), p90: z.number(), closed_form: z.number() }),
    ),
    surface: z.strictObject({
      bills_usd: z.array(z.number()),
      x_per_year: z.array(z.number()),
      months: z.array(z.array(z.number().nullable())),
    }),
    unit_cost: z.array(z.strictObject({ utilisation: z.number(), usd_per_mtok: z.number() })),
  }),
  price_history: priceHistoryForm.nullable(),
  basis_of: z.array(z.strictObject({ what: z.string(), basis, note: z.string() })),
  warnings: z.array(z.string()),
});

export type EconomicsDocument = z.output<typeof economicsDocument>;
export type PriceHistoryDocument = z.output<typeof priceHistoryForm>;
