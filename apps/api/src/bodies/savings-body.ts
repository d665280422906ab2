import { z } from "@hono/zod-openapi";
import type {
  ArmSavings,
  HoldoutQuality,
  HoldoutSide,
  HoldoutSummary,
  SavingsGroup,
  SavingsPart,
  SavingsSummary,
} from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import { armId } from "./counterfactual-body.ts";
import { costBasis, savingBasis, savingVerdict } from "./saving-scalars.ts";
import { timeText, toTime, toUsd, usdText } from "./scalars.ts";

export const windowBody = z.object({ from: timeText, to: timeText });
export const savingsGroup = z.enum(["day", "knowledge_base", "model"] as const satisfies readonly SavingsGroup[]);

const sums = { counterfactual: z.int(), saved: z.int() };
const sumsUsd = { counterfactual: usdText, saved: usdText };
const judged = {
  answers: z.int(),
  verdict: savingVerdict,
  basis: savingBasis,
  top_hundredth_share: z
    .number()
    .nullable()
    .describe("Of the saved money, what the top 1 % of the answers have; above 0.5 the total tells of a few answers."),
};
const actualPart = z.object({
  ...judged,
  tokens: z.object({ actual: z.int(), ...sums }),
  cost_usd: z.object({ actual: usdText, ...sumsUsd }).nullable(),
});

const armSavingsBody = z.object({
  arm: armId,
  capability_only_answers: z.int().describe("The whole corpus did not fit the model's window."),
  generated: actualPart.describe(
    "Answers by a model, comparable ones alone; `actual` holds what failed answers cost besides.",
  ),
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
});

const sideBody = z.object({
  answers: z.int(),
  clusters: z.int().describe("Documents that the questions are about."),
  input_tokens: z.int(),
  cost_usd: usdText,
  unpriced_answers: z.int(),
  supported_answers: z.int().describe("Answers whose claims their evidence supports, by the check on this machine."),
});

const holdoutBody = z
  .object({
    minimum_clusters: z.int().describe("On each side, below which nothing is decided."),
    retrieval: sideBody,
    stuffed: sideBody,
    quality: z
      .object({
        status: z.enum(["established", "not_established"]),
        margin: z.number(),
        delta: z.number(),
        lower: z.number().nullable(),
        upper: z.number().nullable(),
        unchecked_answers: z.int(),
      })
      .describe(
        "Share of supported answers, retrieved less stuffed, with bounds of 97.5 % certainty each. No saving without.",
      ),
    saved_usd_per_answer: z
      .object({ mean: z.number(), low: z.number(), high: z.number() })
      .nullable()
      .describe("Stuffed less retrieved, with its 95 % interval."),
    verdict: savingVerdict.exclude(["capability_only"]),
    basis: costBasis,
    reason: z.string(),
  })
  .openapi("Holdout", { description: "Answers that really took the baseline beside those that did not, by chance." });

export const savingsBody = z
  .object({
    window: windowBody,
    knowledge_base_id: z.string().nullable(),
    answers: z.int(),
    headline: actualPart.describe("Each generated answer against its own headline arm."),
    arms: z.array(armSavingsBody),
    group: savingsGroup.nullable(),
    groups: z.array(
      z.object({ key: z.string(), answers: z.int(), headline: actualPart, arms: z.array(armSavingsBody) }),
    ),
    evidence_sent: z
      .object({ answers: z.int(), sent_tokens: z.int(), unique_tokens: z.int() })
      .describe("Evidence that models were sent, as often as it was sent, and each piece once; by Larder's own count."),
    holdout: holdoutBody.nullable(),
  })
  .openapi("Savings", { description: "Sums over a window, signed; never clamped." });

export function toWindowBody(window: { readonly fromMs: number; readonly toMs: number }): z.infer<typeof windowBody> {
  return { from: toTime(window.fromMs), to: toTime(window.toMs) };
}

export function toSavingsBody(summary: SavingsSummary, group?: SavingsGroup): z.infer<typeof savingsBody> {
  const { window, answers, arms, headline, groups = [], holdout } = summary;
  return {
    window: toWindowBody(window),
    knowledge_base_id: window.knowledgeBaseId ?? null,
    answers,
    headline: toPartBody(headline, "actual"),
    arms: arms.map(toArmBody),
    group: group ?? null,
    groups: groups.map((each) => ({
      key: each.key,
      answers: each.answers,
      headline: toPartBody(each.headline, "actual"),
      arms: each.arms.map(toArmBody),
    })),
    evidence_sent: {
      answers: summary.evidence.answers,
      sent_tokens: summary.evidence.sentTokens,
      unique_tokens: summary.evidence.uniqueTokens,
    },
    holdout: holdout === undefined ? null : toHoldoutBody(holdout),
  };
}

function toArmBody({ arm, capabilityOnlyAnswers, generated, extractive, unknownBills }: ArmSavings) {
  return {
    arm,
    capability_only_answers: capabilityOnlyAnswers,
    generated: toPartBody(generated, "actual"),
    extractive: toPartBody(extractive, "modelled"),
    unknown_bills: { answers: unknownBills.answers, max_usd: toUsd(unknownBills.costMax) },
  };
}

function toHoldoutBody(holdout: HoldoutSummary): z.infer<typeof holdoutBody> {
  return {
    minimum_clusters: holdout.clustersMin,
    retrieval: toSideBody(holdout.retrieval),
    stuffed: toSideBody(holdout.stuffed),
    quality: toQualityBody(holdout.quality),
    saved_usd_per_answer: holdout.savedUsdPerAnswer === undefined ? null : { ...holdout.savedUsdPerAnswer },
    verdict: holdout.verdict,
    basis: holdout.basis,
    reason: holdout.reason,
  };
}

/** JSON has no infinity: what nobody knows is `null`. */
function toQualityBody({ margin, delta, lower, upper, uncheckedAnswers, isEstablished }: HoldoutQuality) {
  const known = (bound: number) => (Number.isFinite(bound) ? bound : null);
  return {
    status: isEstablished ? ("established" as const) : ("not_established" as const),
    ...{ margin, delta, lower: known(lower), upper: known(upper) },
    unchecked_answers: uncheckedAnswers,
  };
}

function toSideBody(side: HoldoutSide): z.infer<typeof sideBody> {
  return {
    answers: side.answers,
    clusters: side.clusters,
    input_tokens: side.inputTokens,
    cost_usd: formatUsd(side.cost),
    unpriced_answers: side.unpricedAnswers,
    supported_answers: side.supportedAnswers,
  };
}

/** Our side is named for what it is: money that was spent, or a model of it. */
function toPartBody<Own extends string>(
  { answers, tokens, cost, concentration, verdict, basis }: SavingsPart,
  own: Own,
) {
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
    top_hundredth_share: concentration ?? null,
    verdict,
    basis,
  };
}
