import { z } from "@hono/zod-openapi";
import { formatUsd } from "@larder/contracts";
import type { PriceWatch } from "@larder/savings";
import { toUsd, usdText } from "./scalars.ts";

export const priceWatchBody = z
  .object({
    receipts: z.int().describe("Newest first, as many as were asked for or as there are."),
    replayed: z.int().describe("Of them, those whose decision could be made again."),
    repriced: z.object({
      calls: z.int(),
      before_usd: usdText,
      after_usd: usdText,
      change_usd: usdText.describe("Signed: above 0 the same calls would cost more."),
      unpriced: z.int(),
    }),
    reroutes: z.array(
      z.object({
        from: z.string(),
        to: z.string().nullable().describe("Null: no model is left."),
        answers: z.int(),
        saved_usd: usdText
          .nullable()
          .describe("Staying less moving, at the new prices. Null: staying is not possible."),
      }),
    ),
    retiring: z.array(z.object({ model: z.string(), retires_on: z.iso.date(), days_left: z.int(), answers: z.int() })),
    local_against_api: z
      .object({
        compared: z.int(),
        margin_before_usd: usdText,
        margin_after_usd: usdText,
        moved_to_local: z.int(),
        moved_to_api: z.int(),
      })
      .describe("Of requests that both could take: the API's expected cost less the local model's."),
  })
  .openapi("PriceWatch");

export function toPriceWatchBody(watch: PriceWatch): z.input<typeof priceWatchBody> {
  const { receipts, replayed, repriced, reroutes, retiring, localAgainstApi: margins } = watch;
  return {
    ...{ receipts, replayed },
    repriced: {
      calls: repriced.calls,
      before_usd: formatUsd(repriced.before),
      after_usd: formatUsd(repriced.after),
      change_usd: formatUsd(repriced.change),
      unpriced: repriced.unpriced,
    },
    reroutes: reroutes.map(({ from, to, answers, saved }) => {
      return { from, to: to ?? null, answers, saved_usd: toUsd(saved) };
    }),
    retiring: retiring.map(({ model, retiresOn, daysLeft, answers }) => {
      return { model, retires_on: retiresOn, days_left: daysLeft, answers };
    }),
    local_against_api: {
      compared: margins.compared,
      margin_before_usd: formatUsd(margins.marginBefore),
      margin_after_usd: formatUsd(margins.marginAfter),
      moved_to_local: margins.movedToLocal,
      moved_to_api: margins.movedToApi,
    },
  };
}
