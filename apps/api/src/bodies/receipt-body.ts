import { z } from "@hono/zod-openapi";
import type { ModelledSpending, Receipt } from "@larder/contracts";
import { contentClasses, formatUsd, inputTokensOf, outputTokensOf } from "@larder/contracts";
import { counterfactualBody, savedBody, toCounterfactualBody, toSavedBody } from "./counterfactual-body.ts";
import {
  hitBody,
  recordBodies,
  timingsRecordBody,
  toHitBody,
  toRecordBodies,
  toTimingsRecordBody,
} from "./receipt-record-body.ts";
import { routeBody, toRouteBody } from "./route-body.ts";
import { costBasis } from "./saving-scalars.ts";
import { timeText, toTime, toUsd, usdText } from "./scalars.ts";
import { toUsageBody, usageBody } from "./usage-body.ts";
import { toVerificationBody, verificationBody } from "./verification-body.ts";
import { contextWindowBody, toContextWindowBody } from "./window-body.ts";

export const costBody = z.object({ usd: usdText.nullable(), basis: costBasis, price_book: z.string() }).openapi("Cost");

const modelledBody = z
  .object({
    model: z.string(),
    input_tokens: z.int(),
    output_tokens: z.int(),
    usd: usdText,
  })
  .openapi("Modelled", {
    description:
      "What an extractive answer is compared as: the same prompt sent to the model that the arms are priced at. " +
      "Each arm's `saved` is the arm less this. Nothing was sent and nothing was spent.",
  });

export const moneyBodies = {
  usage: usageBody.nullable(),
  cost: costBody,
  modelled: modelledBody.nullable().describe("For an extractive answer; else null."),
  counterfactual: counterfactualBody.nullable().describe("The arm that the headline compares with."),
  counterfactuals: z.array(counterfactualBody),
  saved: savedBody.nullable().describe("Against the headline's arm."),
  context_window: contextWindowBody.nullable().describe("Null where no model's window is known."),
};

export const receiptBody = z
  .object({
    id: z.string(),
    knowledge_base_id: z.string(),
    created_at: timeText,
    basis: z.enum(["generated", "extractive", "abstained"]),
    grounded: z.boolean(),
    verification: verificationBody.nullable().describe("Null for an answer that no model wrote."),
    question_sha256: z.string(),
    prompt_template: z.string(),
    retriever: z.string(),
    embedder: z.string(),
    ...recordBodies,
    hits: z.array(hitBody).describe("The evidence, in order."),
    evidence_tokens: z.int(),
    content_class: z.enum(contentClasses).nullable().describe("What most of the evidence is."),
    holdout: z
      .object({ share: z.number(), taken: z.enum(["retrieval", "stuffed"]), cluster: z.string() })
      .nullable()
      .describe("Which way chance sent the question, while LARDER_SAVINGS_HOLDOUT is above 0."),
    corpus_tokens: z.int(),
    token_counter: z.string(),
    route: routeBody,
    ...moneyBodies,
    timings_ms: timingsRecordBody,
    error_code: z.string().nullable(),
  })
  .openapi("Receipt", {
    description:
      "The record of one answer. Holds no document text and no answer, and the question only when that was asked for.",
  });

function toModelledBody({ model, tokens, cost }: ModelledSpending): z.infer<typeof modelledBody> {
  return { model, input_tokens: inputTokensOf(tokens), output_tokens: outputTokensOf(tokens), usd: formatUsd(cost) };
}

/** The part of a receipt that says what was used, what it cost and what it saved. */
export function toMoneyBodies(receipt: Receipt) {
  const headline = receipt.counterfactuals.find(({ arm }) => arm === receipt.headlineArm);
  return {
    usage: toUsageBody(receipt.usage),
    cost: { usd: toUsd(receipt.cost), basis: receipt.costBasis, price_book: receipt.priceBookId },
    modelled: receipt.modelled === undefined ? null : toModelledBody(receipt.modelled),
    counterfactual: headline === undefined ? null : toCounterfactualBody(headline),
    counterfactuals: receipt.counterfactuals.map(toCounterfactualBody),
    saved: headline === undefined ? null : toSavedBody(headline),
    context_window: toContextWindowBody(receipt.window),
  };
}

export function toReceiptBody(receipt: Receipt): z.infer<typeof receiptBody> {
  return {
    id: receipt.id,
    knowledge_base_id: receipt.knowledgeBaseId,
    created_at: toTime(receipt.createdAtMs),
    basis: receipt.basis,
    grounded: receipt.isGrounded,
    verification: toVerificationBody(receipt.verification),
    question_sha256: receipt.questionSha256,
    prompt_template: receipt.promptTemplateId,
    retriever: receipt.retrieverId,
    embedder: receipt.embedderId,
    ...toRecordBodies(receipt),
    hits: receipt.hits.map(toHitBody),
    evidence_tokens: receipt.evidenceTokens,
    content_class: receipt.contentClass ?? null,
    holdout: receipt.holdout === undefined ? null : { ...receipt.holdout },
    corpus_tokens: receipt.corpusTokens,
    token_counter: receipt.tokenCounterId,
    route: toRouteBody(receipt.route),
    ...toMoneyBodies(receipt),
    timings_ms: toTimingsRecordBody(receipt.timingsMs),
    error_code: receipt.errorCode ?? null,
  };
}
