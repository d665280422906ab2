import { z } from "@hono/zod-openapi";
import { priceHistoryForm } from "@larder/economics";

/** The body of `POST /v1/economics/break-even`. Strict: a misspelt figure would silently be its default. */

/** Dollars as a number or decimal text. These are forecasts, so a double is what they become. */
const usd = (least: number, most: number) =>
  z
    .union([z.number(), z.string().regex(/^-?\d{1,15}(?:\.\d{1,12})?$/)], "must be dollars as a number or decimal text")
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be ${least} to ${most}`);
const usdMost = 1e9;
const ratio = z.number().min(0).max(1);
const hours = z.number().min(0).max(730);
const name = z.string().trim().min(1).max(200);
const perSecond = z.number().positive().max(1e7);

const workload = z.strictObject({
  queries_per_month: z.number().positive().max(1e12),
  in_tok_per_q: z.int().min(1).max(10_000_000),
  out_tok_per_q: z.int().min(1).max(1_000_000),
  cached_in_ratio: ratio.default(0).describe("Share of the input that the provider's cache is expected to hold."),
  peak_factor: z.number().min(1).max(1_000).default(4).describe("Busiest second over the average one."),
  growth_per_month: z.number().min(-0.5).max(0.5).default(0).describe("Continuous: e^(growth · months)."),
  batchable_ratio: ratio.default(0).describe("Share that may wait for a batch lane."),
  basis: z.enum(["measured", "observed", "stated", "assumed"]).default("stated"),
});

const salvage = z.strictObject({
  usd: usd(-usdMost, usdMost).default(0).describe("Of one machine on its first day; below 0 when disposal costs."),
  low_usd: usd(-usdMost, usdMost).optional().describe("Default: a quarter of the price less."),
  high_usd: usd(-usdMost, usdMost).optional().describe("Default: a quarter of the price more."),
  decay_per_month: z.number().min(0).max(1).default(0.03),
});

const local = z.strictObject({
  name: name.default("the local machine"),
  capex_usd: usd(0, usdMost).describe("Of one machine."),
  setup_hours: z.number().min(0).max(100_000).default(0),
  life_months: z.int().min(1).max(120).default(36),
  salvage: salvage.prefault({}),
  power_w: z.strictObject({ active: z.number().min(0).max(1e6), idle: z.number().min(0).max(1e6) }),
  kwh_usd: usd(0, 100),
  tok_per_s: z
    .strictObject({
      prefill: perSecond,
      decode: perSecond,
      concurrency: z.int().min(1).max(10_000).default(1),
      measured_at: z.iso.datetime().optional(),
    })
    .optional()
    .describe("Of one machine, all streams together. Absent: what the ledger has of local models."),
  utilisation_max: z.number().min(0.01).max(1).default(0.7),
  ops_hours_per_month: hours.optional().describe("Default, with a warning: 4."),
  rate_usd_per_h: usd(0, 1e5).optional().describe("Default, with a warning: 90."),
  other_usd_per_month: usd(0, usdMost).default(0).describe("Space, support, licences."),
  running_usd_per_month: usd(0, usdMost).optional().describe("In the place of electricity, operations and the rest."),
  quality: ratio.optional(),
  quality_gate: z.enum(["passed", "failed", "unknown"]).optional(),
});

const yearly = z.number().min(0.01).max(100_000);
const decline = z.union([
  z.literal("fit").describe("From `price_history.constant_quality`."),
  z.strictObject({
    x_per_year: yearly.describe("1 is flat, below 1 the price rises."),
    ci_x_per_year: z.tuple([yearly, yearly]).optional(),
  }),
]);

const observation = z.strictObject({
  model: name,
  quantization: name.optional(),
  tok_per_s: perSecond.optional(),
  quality: ratio.optional(),
  judged: z.int().min(0).max(1e9).default(0),
});

export const economicsRequest = z.strictObject({
  workload,
  local,
  compare: z
    .string()
    .min(1)
    .max(200)
    .default("cheapest-capable")
    .describe("`cheapest-capable`, or a model as `model` or `provider/model`."),
  min_quality: ratio.optional(),
  policy: z
    .strictObject({
      regions: z.array(name).max(20).default([]),
      offline_required: z.boolean().default(false),
      blocked_providers: z.array(name).max(100).default([]),
    })
    .prefault({}),
  decline: decline.optional().describe("Default: fitted where there is a history, else assumed."),
  price_history: priceHistoryForm.optional(),
  price_moves: z
    .strictObject({
      log_ratios: z.array(z.number().min(-20).max(20)).max(10_000),
      months: z.number().positive().max(1e6),
      source: z.string().max(500),
    })
    .optional()
    .describe("ln(new / old) of observed price changes. Default: those of the history, else published ones."),
  risk: z
    .strictObject({
      outage_hours_per_month: hours.default(0),
      usd_per_outage_hour: usd(0, usdMost).default(0),
      deprecations_per_month: z.number().min(0).max(100).default(0),
      usd_per_migration: usd(0, usdMost).default(0),
      usd_per_error: usd(0, usdMost).default(0).describe("Damage of one wrong answer."),
    })
    .prefault({}),
  latency: z.strictObject({ answer_ms_max: z.number().positive().max(86_400_000) }).optional(),
  observations: z.array(observation).max(200).default([]).describe("Local models beside those of the ledger."),
  draws: z.int().min(100).max(20_000).default(10_000),
  seed: z.int().min(1).max(2_147_483_647).default(7),
});

export type EconomicsRequest = z.output<typeof economicsRequest>;
