import { z } from "@hono/zod-openapi";
import type { Attempt, Candidate, NearRequests, Route } from "@larder/contracts";
import { formatUsd, inputTokensOf } from "@larder/contracts";
import { toErrorBody } from "../problem.ts";
import { errorBody } from "./problem-body.ts";
import { toUsd, usdText } from "./scalars.ts";
import { toUsageBody, usageBody } from "./usage-body.ts";

export const candidateBody = z
  .object({
    provider: z.string(),
    model: z.string(),
    eligible: z.boolean(),
    expected_cost_usd: usdText.nullable().describe("Of this request; null when the price is unknown."),
    worst_cost_usd: usdText.nullable(),
    expected: z
      .object({
        input_tokens: z.int(),
        cache_read_tokens: z.int(),
        output_tokens: z.int(),
        reasoning_tokens: z.int(),
        hit_probability: z.number().describe("That the shared prefix is in the provider's cache."),
        token_ratio: z.number().describe("The model's tokens for one of ours."),
        output_p50: z.number().nullable().describe("Observed; null where the request's expectation stands."),
        output_p90: z.number().nullable(),
      })
      .nullable()
      .describe("What the cost rests on; null for a model that is out."),
    quality: z
      .object({
        mean: z.number(),
        lower_bound: z.number().describe("The share of good answers is above this with 95 % certainty."),
        judged: z.number().describe("Answers that were judged, faded; 0: the catalog's word alone."),
        near: z
          .object({ good: z.number(), bad: z.number() })
          .nullable()
          .describe("Judged answers to questions like this one, by how like it they are; null: none."),
      })
      .nullable(),
    escalation: z
      .object({ provider: z.string(), model: z.string(), probability: z.number(), total_cost_usd: usdText })
      .nullable()
      .describe("Who would be asked if the answer failed its check, and what both cost by expectation."),
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
    expected_cost_usd: usdText.nullable().describe("Before the call."),
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
    near: z
      .object({
        questions: z.int().describe("How many earlier questions are like it."),
        similarity: z.number().describe("Cosine of the nearest."),
        trust: z
          .number()
          .describe("0 … 1: how much of what they say counts, by how well such questions foretold outcomes so far."),
        outcomes: z.array(z.object({ provider: z.string(), model: z.string(), good: z.number(), bad: z.number() })),
      })
      .nullable()
      .describe("What earlier questions like this one said of models before the call; null: nothing is known of such."),
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
    ...toBasisBody(candidate),
    reasons: [...candidate.reasons],
    refusals: candidate.refusals.map(({ code, sentence }) => ({ code, sentence })),
  };
}

function toBasisBody({ expected, quality, escalation }: Candidate) {
  return {
    expected:
      expected === undefined
        ? null
        : {
            input_tokens: inputTokensOf(expected.tokens),
            cache_read_tokens: expected.tokens.inputCacheRead,
            output_tokens: expected.tokens.outputText,
            reasoning_tokens: expected.tokens.outputReasoning,
            hit_probability: expected.hitProbability,
            token_ratio: expected.tokenRatio,
            output_p50: expected.output?.p50 ?? null,
            output_p90: expected.output?.p90 ?? null,
          },
    quality:
      quality === undefined
        ? null
        : {
            mean: quality.mean,
            lower_bound: quality.lowerBound,
            judged: quality.weight,
            near: quality.near === undefined ? null : { good: quality.near.good, bad: quality.near.bad },
          },
    escalation:
      escalation === undefined
        ? null
        : {
            provider: escalation.provider,
            model: escalation.model,
            probability: escalation.probability,
            total_cost_usd: formatUsd(escalation.totalCost),
          },
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
    expected_cost_usd: toUsd(attempt.expected?.cost),
    error: toErrorBody(attempt.error),
    served_model: attempt.servedModel ?? null,
    unreadable_lines: attempt.unreadableLines ?? 0,
    ttft_ms: attempt.firstTextMs ?? null,
    total_ms: attempt.totalMs,
  };
}

function toNearBody(near: NearRequests | undefined) {
  if (near === undefined) return null;
  const { count: questions, similarity, trust = 1, outcomes } = near;
  return { questions, similarity, trust, outcomes: outcomes.map((each) => ({ ...each })) };
}

export function toRouteBody(route: Route): z.infer<typeof routeBody> {
  return {
    chosen: route.chosen === undefined ? null : { provider: route.chosen.provider, model: route.chosen.model },
    reason: route.reason,
    candidates: route.candidates.map(toCandidateBody),
    near: toNearBody(route.inputs?.shape.near),
    attempts: route.attempts.map(toAttemptBody),
    price_book: route.priceBookId,
  };
}
