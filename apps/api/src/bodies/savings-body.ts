import { z } from "@hono/zod-openapi";
import type { SavingsPart, SavingsSummary } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import { costBasis, savingVerdict } from "./receipt-body.ts";
import { timeText, toTime, toUsd, usdText } from "./scalars.ts";

export const windowBody = z.object({ from: timeText, to: timeText });

const sums = { counterfactual: z.int(), saved: z.int() };
const sumsUsd = { counterfactual: usdText, saved: usdText };
const judged = { answers: z.int(), verdict: savingVerdict, basis: costBasis };

export const savingsBody = z
  .object({
    window: windowBody,
    knowledge_base_id: z.string().nullable(),
    answers: z.int(),
    arms: z.array(
      z.object({
        arm: z.enum(["stuff_cold", "stuff_warm"]),
        capability_only_answers: z.int().describe("The whole corpus did not fit the model's window."),
        generated: z
          .object({
            ...judged,
            tokens: z.object({ actual: z.int(), ...sums }),
            cost_usd: z.object({ actual: usdText, ...sumsUsd }).nullable(),
          })
          .describe("Answers by a model, comparable ones alone; `actual` holds what failed answers cost besides."),
        extractive: z
          .object({
            ...judged,
            tokens: z.object({ modelled: z.int(), ...sums }),
            cost_usd: z.object({ modelled: usdText, ...sumsUsd }).nullable(),
          })
          .describe("Quoted on this machine: nothing was sent, nothing was spent, both sides are modelled."),
        unknown_bills: z
          .object({ answers: z.int(), max_usd: usdText.nullable() })
          .describe("Answers that may be billed and are in no sum. The verdict also holds with `max_usd` added."),
      }),
    ),
  })
  .openapi("Savings", { description: "Sums over a window, signed; never clamped." });

export function toWindowBody(window: { readonly fromMs: number; readonly toMs: number }): z.infer<typeof windowBody> {
  return { from: toTime(window.fromMs), to: toTime(window.toMs) };
}

export function toSavingsBody({ window, answers, arms }: SavingsSummary): z.infer<typeof savingsBody> {
  return {
    window: toWindowBody(window),
    knowledge_base_id: window.knowledgeBaseId ?? null,
    answers,
    arms: arms.map(({ arm, capabilityOnlyAnswers, generated, extractive, unknownBills }) => ({
      arm,
      capability_only_answers: capabilityOnlyAnswers,
      generated: toPartBody(generated, "actual"),
      extractive: toPartBody(extractive, "modelled"),
      unknown_bills: { answers: unknownBills.answers, max_usd: toUsd(unknownBills.costMax) },
    })),
  };
}

/** Our side is named for what it is: money that was spent, or a model of it. */
function toPartBody<Own extends string>({ answers, tokens, cost, verdict, basis }: SavingsPart, own: Own) {
  const side = <Value>(value: Value) => ({ [own]: value }) as { readonly [Name in Own]: Value };
  return {
    answers,
    tokens: { ...side(tokens.ours), counterfactual: tokens.counterfactual, saved: tokens.saved },
    cost_usd:
      cost === undefined
        ? null
        : {
            ...side(formatUsd(cost.ours)),
            counterfactual: formatUsd(cost.counterfactual),
            saved: formatUsd(cost.saved),
          },
    verdict,
    basis,
  };
}
