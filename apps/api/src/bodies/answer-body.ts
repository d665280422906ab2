import { z } from "@hono/zod-openapi";
import type { Answer, Citation } from "@larder/contracts";
import { toHeading } from "./document-body.ts";
import {
  evidenceBody,
  retrievalBodies,
  timingsBody,
  toEvidenceBody,
  toRetrievalBodies,
  toTimingsBody,
} from "./evidence-body.ts";
import { costBody, moneyBodies, toMoneyBodies } from "./receipt-body.ts";
import { routeBody, toRouteBody } from "./route-body.ts";
import { toVerificationBody, verificationBody } from "./verification-body.ts";

export const citationBody = z
  .object({
    marker: z
      .int()
      .describe("The number in the answer's text: `[1]` is 1. Several quotes of one passage may share it."),
    passage_id: z.string().describe("The passage that holds `start`."),
    document_id: z.string(),
    title: z.string().describe("Of the document."),
    file_name: z.string().nullable().describe("Of the document, where it came as a file."),
    heading: z.string().nullable().describe("Of that passage."),
    page: z.int().nullable(),
    start: z.int(),
    end: z.int(),
    quote: z.string().describe("The document's own words from `start` to `end`."),
  })
  .openapi("Citation");

export const answerBody = z
  .object({
    answer: z.string().nullable().describe("Null for a dry run."),
    citations: z.array(citationBody),
    grounded: z.boolean(),
    basis: z.enum(["generated", "extractive", "abstained"]),
    verification: verificationBody.nullable().describe("Null for an answer that no model wrote."),
    evidence: z.array(evidenceBody),
    evidence_tokens: z.int(),
    ...retrievalBodies,
    degraded: z.array(z.string()),
    route: routeBody,
    ...moneyBodies,
    cost: costBody.nullable().describe("Null for a dry run."),
    receipt_id: z.string().nullable().describe("Null for a dry run."),
    timings_ms: timingsBody.extend({ generate: z.number().nullable(), answer: z.number().nullable() }),
  })
  .openapi("Answer");

export type AnswerBody = z.infer<typeof answerBody>;

export function toCitationBody(citation: Citation): z.infer<typeof citationBody> {
  const { marker, passageId, documentId, title, fileName = null, headings, page = null, start, end, quote } = citation;
  return {
    marker,
    passage_id: passageId,
    document_id: documentId,
    title,
    file_name: fileName,
    heading: toHeading(headings),
    page,
    start,
    end,
    quote,
  };
}

const unspent = {
  ...{ usage: null, cost: null, modelled: null },
  ...{ counterfactual: null, counterfactuals: [], saved: null, context_window: null },
};

export function toAnswerBody(answer: Answer, { isDryRun }: { readonly isDryRun: boolean }): AnswerBody {
  const { receipt, retrieval } = answer;
  return {
    answer: isDryRun ? null : answer.text,
    citations: answer.citations.map(toCitationBody),
    grounded: answer.isGrounded,
    basis: answer.basis,
    verification: toVerificationBody(answer.verification),
    evidence: retrieval.evidence.map(toEvidenceBody),
    evidence_tokens: retrieval.tokens,
    ...toRetrievalBodies(retrieval),
    degraded: [...retrieval.degraded],
    route: toRouteBody(answer.route),
    ...(receipt === undefined ? unspent : toMoneyBodies(receipt)),
    receipt_id: receipt?.id ?? null,
    timings_ms: {
      ...toTimingsBody(retrieval),
      generate: receipt?.timingsMs.generate ?? null,
      answer: receipt?.timingsMs.total ?? null,
    },
  };
}
