import { z } from "zod";
import { runMetrics } from "./registration.ts";
import { runArmIds } from "./run-arms.ts";
import { unmeasuredArmIds } from "./unmeasured-arms.ts";

/** Decimal dollars with nine decimals, signed. Unknown money is `null`, never 0. */
const usd = z.string().regex(/^-?\d+\.\d{9}$/);
const arm = z.enum(runArmIds);
const share = z.number().min(0).max(1);
/** A bound that nobody knows, as of a single cluster, is `null`. */
const interval = z.tuple([z.number().nullable(), z.number().nullable()]);
const tokensByBucket = z.strictObject({
  in_fresh: z.number(),
  in_cache_read: z.number(),
  in_cache_write: z.number(),
  in_other: z.number(),
  out_text: z.number(),
  out_reasoning: z.number(),
});
const savingVerdict = z.enum(["saves", "costs_more", "no_measurable_effect", "not_established", "capability_only"]);
const basis = z
  .enum(["measured_paired", "modelled_local"])
  .describe("measured_paired: really asked and billed; modelled_local: our own token counts, priced on paper.");

const armReport = z.strictObject({
  id: arm,
  budget_tok: z.int().nullable(),
  n: z.int().describe("Questions, each once, whatever the number of runs."),
  failures: z.int(),
  interrupted: z.int(),
  tokens: tokensByBucket.describe("Sums over all questions and runs."),
  cost_usd: usd.nullable(),
  cost_unknown: z.int().describe("Answers whose bill nobody knows: Larder's count at their worst, others' as nothing."),
  usd_per_1k: usd.nullable(),
  latency_ms: z.strictObject({
    retrieval_p50: z.number(),
    ttft_p50: z.number().nullable(),
    ttft_p95: z.number().nullable(),
    total_p50: z.number().nullable(),
    total_p95: z.number().nullable(),
  }),
  quality: z.strictObject({
    metric: z.enum(runMetrics),
    value: share,
    ci: interval,
    evidence_recall: share.nullable(),
    token_precision: share.nullable(),
  }),
  cost_per_pass_usd: usd.nullable(),
});

const savedShare = z.strictObject({
  ratio: z.number().nullable(),
  ci: interval.describe("95 %"),
  sure_ci: interval.describe("Each bound with 99 % certainty: what the verdict is decided by."),
});

const comparison = z.strictObject({
  baseline: arm,
  baseline_budget_tok: z.int().nullable(),
  our_budget_tok: z.int(),
  n: z.int(),
  clusters: z.int(),
  feasible: z.boolean(),
  reason: z.string().nullable(),
  noninferior: z
    .strictObject({
      status: z.enum(["established", "not_established"]),
      delta: z.number(),
      lower: z.number().nullable(),
      upper: z.number().nullable(),
      margin: z.number(),
      mcnemar_p: share,
      both_right: z.int(),
      only_ours: z.int(),
      only_theirs: z.int(),
      neither: z.int(),
    })
    .nullable(),
  savings: z
    .strictObject({
      tokens: savedShare,
      tokens_capped_by_window: z.boolean(),
      usd: savedShare.nullable(),
      usd_total: usd.nullable(),
      latency: savedShare.nullable(),
      total_ms_delta_p50: z.number().nullable(),
      run_to_run_ratio: z.number().nullable().describe("Spread of the baseline's own runs, as a share of their mean."),
    })
    .nullable(),
  at_equal_quality: z
    .strictObject({
      q_star: z.number(),
      our_budget_tok: z.int().nullable(),
      baseline_budget_tok: z
        .int()
        .nullable()
        .default(null)
        .describe("The baseline's own smallest that is good enough."),
      still_holds: z.boolean().nullable(),
      tokens_ratio: z.number().nullable(),
      usd_ratio: z.number().nullable(),
    })
    .nullable(),
  concentration_top1pct_ratio: z.number().nullable(),
  decided_by: z.enum(["usd", "tokens"]).nullable(),
  verdict: savingVerdict,
  because: z.string(),
});

const curve = z.strictObject({
  arm,
  metric: z.literal("evidence_recall"),
  points: z.array(z.strictObject({ b_tok: z.int(), mean: share, ci: interval, spent_tok: z.number() })),
  auc_log: share,
  skill: z.number().nullable(),
  t80_tok: z.number().nullable(),
  t90_tok: z.number().nullable(),
  t90_ci: interval
    .nullable()
    .describe("By documents redrawn; null where the greatest budget does not always reach it."),
  t95_tok: z.number().nullable(),
});

const batchLane = z
  .strictObject({
    feasible: z.boolean(),
    reason: z.string().nullable(),
    basis,
    rows: z.array(
      z.strictObject({
        arm,
        budget_tok: z.int().nullable(),
        usd_per_1k: usd.nullable(),
        saved_ratio: z.number().nullable().describe("Of Larder's against this arm's, both at the batch lane; signed."),
      }),
    ),
  })
  .describe("The same tokens at the model's batch lane on both sides. Null in reports of before it was told.");

const indexAmortised = z
  .strictObject({ llm_tok_per_query: z.number(), usd_per_query: usd, because: z.string() })
  .describe("Billed tokens of making the index, spread over the queries of its life.");

export const savingsReport = z
  .strictObject({
    schema: z.literal("larder.savings/1"),
    run_id: z.string(),
    is_complete: z.boolean(),
    finished_at: z.iso.datetime().nullable(),
    basis: basis.describe("The weakest among its numbers."),
    quality_basis: basis,
    money_basis: basis.nullable(),
    headline: z.string(),
    preregistered: z.strictObject({
      set_name: z.string(),
      set_sha256: z.string(),
      is_synthetic: z.boolean(),
      n: z.int(),
      clusters: z.int(),
      arms: z.array(arm),
      budgets_tok: z.array(z.int()),
      primary_budget_tok: z.int(),
      metric: z.enum(runMetrics),
      margin_ratio: z.number(),
      runs: z.int(),
      seed: z.int(),
      output_tok_max: z.int(),
    }),
    scope: z.strictObject({
      model: z.string().nullable(),
      judge: z.string().nullable(),
      window_in_tok: z.int().nullable(),
      corpus_name: z.string(),
      corpus_tok: z.int(),
      corpus_documents: z.int(),
      corpus_sha256: z.string(),
      corpus_fits: z.boolean().nullable(),
      retriever: z.string(),
      embedder: z.string(),
      prompt: z.string(),
    }),
    counts: z.strictObject({ source: z.enum(["provider_usage", "local_count"]), counter: z.string() }),
    price_book: z.strictObject({ version: z.string(), as_of: z.string() }),
    arms: z.array(armReport),
    infeasible: z.array(
      z.strictObject({ arm: z.enum([...runArmIds, ...unmeasuredArmIds]), kind: z.string(), reason: z.string() }),
    ),
    comparisons: z.array(comparison),
    ladder: z.array(z.strictObject({ step: z.string(), arm, usd_per_1k: usd, is_ours: z.boolean() })),
    curves: z.array(curve),
    random_closed_form_auc_log: share.nullable(),
    per_query_saved: z
      .strictObject({ baseline: arm, unit: z.enum(["usd", "tok"]), values: z.array(z.number()) })
      .nullable()
      .describe(
        "Of each question, signed, ascending; against the whole corpus with a warm cache where that is feasible.",
      ),
    corpus_size: z
      .strictObject({
        our_input_tok: z.number(),
        output_tok: z.number(),
        cliffs_tok: z.array(z.int()),
        lines: z.array(
          z.strictObject({
            read_multiplier: z.number(),
            breakeven_corpus_tok: z.number(),
            points: z.array(z.strictObject({ corpus_tok: z.int(), saved_ratio: z.number() })),
          }),
        ),
      })
      .nullable(),
    occupancy: z
      .strictObject({
        window_tok: z.int(),
        instructions_tok: z.number(),
        evidence_used_tok: z.number().nullable(),
        evidence_wasted_tok: z.number().nullable(),
        evidence_tok: z.number(),
        output_tok: z.number(),
        free_tok: z.number(),
        occupancy_ratio: z.number(),
        evidence_share_ratio: z.number(),
      })
      .nullable(),
    judge_noise: z.strictObject({ pairs: z.int(), agreement: share, kappa: z.number() }).nullable(),
    batch_lane: batchLane.nullable().default(null),
    index_amortised: indexAmortised.nullable().default(null),
    measurement_cost_usd: usd.nullable().describe("Null where an answer has no price."),
    judge_cost_usd: usd,
    warnings: z.array(z.string()),
  })
  .describe("What a measured comparison found. Savings are signed; shares are 0 to 1; units are in the names.");

export type SavingsReport = z.infer<typeof savingsReport>;
export type ArmReport = z.infer<typeof armReport>;
export type Comparison = z.infer<typeof comparison>;
export type RecallCurve = z.infer<typeof curve>;
export type Bounds = z.infer<typeof interval>;

/** For whoever reads reports in another language; kept in `schema/`. */
export function savingsReportJsonSchema(): object {
  return z.toJSONSchema(savingsReport, { target: "draft-2020-12" });
}
