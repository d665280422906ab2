import { z } from "@hono/zod-openapi";
import type { SavingsSummary } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import { costBasis, savingVerdict } from "./receipt-body.ts";
import { timeText, toTime, usdText } from "./scalars.ts";

export const windowBody = z.object({ from: timeText, to: timeText });

export const savingsBody = z
  .object({
    window: windowBody,
    knowledge_base_id: z.string().nullable(),
    answers: z.int(),
    arms: z.array(
      z.object({
        arm: z.enum(["stuff_cold", "stuff_warm"]),
        comparable_answers: z.int().describe("Only these are in the sums."),
        capability_only_answers: z.int().describe("The whole corpus did not fit the model's window."),
        tokens: z.object({ actual: z.int(), counterfactual: z.int(), saved: z.int() }),
        cost_usd: z.object({ actual: usdText, counterfactual: usdText, saved: usdText }).nullable(),
        verdict: savingVerdict,
        basis: costBasis,
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
    arms: arms.map(({ arm, comparableAnswers, capabilityOnlyAnswers, tokens, cost, verdict, basis }) => ({
      arm,
      comparable_answers: comparableAnswers,
      capability_only_answers: capabilityOnlyAnswers,
      tokens: { actual: tokens.actual, counterfactual: tokens.counterfactual, saved: tokens.saved },
      cost_usd:
        cost === undefined
          ? null
          : {
              actual: formatUsd(cost.actual),
              counterfactual: formatUsd(cost.counterfactual),
              saved: formatUsd(cost.saved),
            },
      verdict,
      basis,
    })),
  };
}
