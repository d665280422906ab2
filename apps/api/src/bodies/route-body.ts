import { z } from "@hono/zod-openapi";
import type { Attempt, Candidate, Route } from "@larder/contracts";
import { errorBody } from "./problem-body.ts";
import { toErrorBody, toUsd, usdText } from "./scalars.ts";
import { toUsageBody, usageBody } from "./usage-body.ts";

export const candidateBody = z
  .object({
    provider: z.string(),
    model: z.string(),
    eligible: z.boolean(),
    expected_cost_usd: usdText.nullable().describe("Of this request; null when the price is unknown."),
    worst_cost_usd: usdText.nullable(),
    reasons: z.array(z.string()),
    refusals: z.array(z.object({ code: z.string(), sentence: z.string() })),
  })
  .openapi("Candidate");

const attemptBody = z
  .object({
    provider: z.string(),
    model: z.string(),
    outcome: z.enum(["answered", "failed_before_text", "failed_after_text", "aborted"]),
    billed: z.enum(["yes", "no", "unknown"]),
    cost_usd: usdText.nullable(),
    reserved_usd: usdText.nullable().describe("What budgets set aside before it was sent; null when none bounds it."),
    reservation: z
      .enum(["settled", "held", "released"])
      .nullable()
      .describe("`settled` at the cost; `held` in full where the bill is unknown; `released`: surely not billed."),
    usage: usageBody.nullable(),
    error: errorBody.nullable(),
    served_model: z
      .string()
      .nullable()
      .describe("The model that the provider says it used, where it has another name."),
    unreadable_lines: z.int().describe("Lines of the stream that could not be read and were left out."),
    ttft_ms: z.number().nullable(),
    total_ms: z.number(),
  })
  .openapi("Attempt");

export const routeBody = z
  .object({
    chosen: z.object({ provider: z.string(), model: z.string() }).nullable(),
    reason: z.string(),
    candidates: z.array(candidateBody),
    attempts: z.array(attemptBody),
    price_book: z.string(),
  })
  .openapi("Route");

export function toCandidateBody(candidate: Candidate): z.infer<typeof candidateBody> {
  return {
    provider: candidate.provider,
    model: candidate.model,
    eligible: candidate.isEligible,
    expected_cost_usd: toUsd(candidate.expectedCost),
    worst_cost_usd: toUsd(candidate.worstCost),
    reasons: [...candidate.reasons],
    refusals: candidate.refusals.map(({ code, sentence }) => ({ code, sentence })),
  };
}

function toAttemptBody(attempt: Attempt): z.infer<typeof attemptBody> {
  return {
    provider: attempt.provider,
    model: attempt.model,
    outcome: attempt.outcome,
    billed: attempt.billed,
    cost_usd: toUsd(attempt.cost),
    reserved_usd: toUsd(attempt.reservation?.amount),
    reservation: attempt.reservation?.ending ?? null,
    usage: toUsageBody(attempt.usage),
    error: toErrorBody(attempt.error),
    served_model: attempt.servedModel ?? null,
    unreadable_lines: attempt.unreadableLines ?? 0,
    ttft_ms: attempt.firstTextMs ?? null,
    total_ms: attempt.totalMs,
  };
}

export function toRouteBody(route: Route): z.infer<typeof routeBody> {
  return {
    chosen: route.chosen === undefined ? null : { provider: route.chosen.provider, model: route.chosen.model },
    reason: route.reason,
    candidates: route.candidates.map(toCandidateBody),
    attempts: route.attempts.map(toAttemptBody),
    price_book: route.priceBookId,
  };
}
