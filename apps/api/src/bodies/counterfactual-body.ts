import { z } from "@hono/zod-openapi";
import type { CounterfactualArm } from "@larder/contracts";
import { armIds, armRules } from "@larder/contracts";
import { costBasis, savingVerdict } from "./saving-scalars.ts";
import { toUsd, usdText } from "./scalars.ts";

export const armId = z.enum(armIds);

export const savedBody = z
  .object({
    tokens: z.int().describe("Signed: the other way's input tokens less ours."),
    usd: usdText.nullable().describe("Signed; null when either side has no known cost."),
    verdict: savingVerdict,
  })
  .openapi("Saved");

const cacheBody = z
  .object({
    strategy: z.enum(["none", "short", "long", "stored"]),
    hit_probability: z.number(),
    arrivals: z.int().describe("Earlier requests of this model and knowledge base that were seen; 0: a cold start."),
    arrivals_per_hour: z.number(),
    break_even_tokens: z
      .int()
      .nullable()
      .describe("Tokens of a knowledge base above which retrieval costs less than stuffing in this state."),
  })
  .openapi("ArmCache");

export const counterfactualBody = z
  .object({
    arm: armId,
    meaning: z.string().describe("What stands in the prompt."),
    model: z.string(),
    feasible: z.boolean(),
    reason: z.string().nullable().describe("Why it is not feasible."),
    assumption: z.string().nullable().describe("What the number takes for granted."),
    quality: z
      .enum(["presumed", "unknown", "measured"])
      .describe(
        "Whether its answers are taken to be as good as ours. An arm of unknown quality is never the headline.",
      ),
    cache: cacheBody.nullable().describe("Where the cost depends on what the provider's cache holds."),
    tokens: z.int().describe("Input tokens, capped at the model's window."),
    usd: usdText.nullable(),
    basis: costBasis,
    saved: savedBody,
  })
  .openapi("Counterfactual");

export function toCounterfactualBody(arm: CounterfactualArm): z.infer<typeof counterfactualBody> {
  const { cache } = arm;
  return {
    arm: arm.arm,
    meaning: armRules[arm.arm].meaning,
    model: arm.model,
    feasible: arm.isFeasible,
    reason: arm.reason ?? null,
    assumption: assumptionOf(arm),
    quality: arm.quality ?? "presumed",
    cache:
      cache === undefined
        ? null
        : {
            strategy: cache.strategy,
            hit_probability: cache.hitProbability,
            arrivals: cache.arrivals,
            arrivals_per_hour: cache.arrivalsPerHour,
            break_even_tokens: cache.breakEvenTokens ?? null,
          },
    tokens: arm.tokens,
    usd: toUsd(arm.cost),
    basis: arm.basis,
    saved: toSavedBody(arm),
  };
}

/** The arm's own rule and what this number adds to it. Receipts from before arms had rules hold both. */
function assumptionOf({ arm, quality, assumption, isFeasible }: CounterfactualArm): string | null {
  if (quality === undefined) return assumption ?? null;
  if (!isFeasible) return null;
  return [armRules[arm].assumption, ...(assumption === undefined ? [] : [assumption])].join(" ");
}

export function toSavedBody({ saved }: CounterfactualArm): z.infer<typeof savedBody> {
  return { tokens: saved.tokens, usd: toUsd(saved.cost), verdict: saved.verdict };
}
