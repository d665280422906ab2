import { z } from "@hono/zod-openapi";
import type { NanoUsd } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import type { CountCalibration, Drift, Reconciliation } from "@larder/savings";
import { invoiceBuckets } from "@larder/savings";
import { usdText } from "./scalars.ts";

const bucket = z
  .enum(invoiceBuckets)
  .describe("`input` and `output` are all tokens of a side, `all` is both: exports differ in how finely they tell.");
const ratio = z.number().nullable().describe("Drift / invoice, signed; null where nothing was invoiced.");
const usdDrift = z.object({ ledger: usdText, invoice: usdText, drift: usdText, ratio });
const tokenDrift = z.object({ ledger: z.int(), invoice: z.int(), drift: z.int(), ratio });

export const invoiceLineSchema = z.strictObject({
  day: z.iso.date(),
  model: z.string().min(1).max(200),
  bucket,
  tokens: z.int().min(0).optional(),
  usd: z
    .string()
    .regex(/^-?\d{1,12}(\.\d{1,12})?$/, "must be dollars as decimal text")
    .optional(),
});

export const reconciliationBody = z
  .object({
    provider: z.string().nullable(),
    lines: z.array(
      z.object({
        day: z.string(),
        model: z.string(),
        bucket,
        usd: usdDrift.nullable(),
        tokens: tokenDrift.nullable(),
      }),
    ),
    models: z.array(z.object({ model: z.string(), usd: usdDrift })),
    usd: usdDrift.nullable().describe("Ledger less invoice: below 0 the ledger missed something."),
    tokens: tokenDrift.nullable(),
    only_ledger: z.int().describe("Days and models that no invoice names."),
    only_invoice: z.int().describe("Days and models that the ledger has no call of."),
    unpriced_calls: z.int(),
  })
  .openapi("Reconciliation");

export const calibrationBody = z
  .object({
    model: z.string(),
    content_class: z.string().describe("`all`, or a kind of evidence: prose, code, json, table, cjk."),
    prompts: z.int(),
    counted_tokens: z.int().describe("By our counter."),
    billed_tokens: z.int(),
    alpha: z
      .object({ mean: z.number(), low: z.number(), high: z.number() })
      .describe("Billed / counted, sum over sum, with its 95 % interval."),
    mean_absolute_error: z.number().describe("Of counts times alpha, as a share of the bill."),
    uncalibrated_error: z.number().describe("Of counts as they are."),
  })
  .openapi("CountCalibration");

export function toReconciliationBody(
  result: Reconciliation,
  provider: string | undefined,
): z.infer<typeof reconciliationBody> {
  return {
    provider: provider ?? null,
    lines: result.lines.map(({ day, model, bucket, cost, tokens }) => ({
      ...{ day, model, bucket },
      usd: cost === undefined ? null : toUsdDrift(cost),
      tokens: tokens === undefined ? null : toTokenDrift(tokens),
    })),
    models: result.models.map(({ model, cost }) => ({ model, usd: toUsdDrift(cost) })),
    usd: result.cost === undefined ? null : toUsdDrift(result.cost),
    tokens: result.tokens === undefined ? null : toTokenDrift(result.tokens),
    only_ledger: result.onlyLedger,
    only_invoice: result.onlyInvoice,
    unpriced_calls: result.unpricedCalls,
  };
}

function toUsdDrift({ ledger, invoice, drift, ratio }: Drift<NanoUsd>) {
  return { ledger: formatUsd(ledger), invoice: formatUsd(invoice), drift: formatUsd(drift), ratio: ratio ?? null };
}

function toTokenDrift({ ledger, invoice, drift, ratio }: Drift<number>) {
  return { ledger, invoice, drift, ratio: ratio ?? null };
}

export function toCalibrationBody(of: CountCalibration): z.infer<typeof calibrationBody> {
  return {
    model: of.model,
    content_class: of.contentClass,
    prompts: of.prompts,
    counted_tokens: of.countedTokens,
    billed_tokens: of.billedTokens,
    alpha: { mean: of.alpha.mean, low: of.alpha.low, high: of.alpha.high },
    mean_absolute_error: of.meanAbsoluteError,
    uncalibrated_error: of.uncalibratedError,
  };
}
