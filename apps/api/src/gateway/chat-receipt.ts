import { createHash } from "node:crypto";
import type { EmbedderId, NanoUsd, Prompt, Receipt, ReceiptId, Route, Usage } from "@larder/contracts";
import { noKnowledgeBase } from "@larder/contracts";

/** Candidates that a receipt keeps: the eligible ones come first. The route's sentence counts the rest. */
export const candidatesKept = 8;

interface ReceiptFacts {
  readonly id: ReceiptId;
  readonly createdAtMs: number;
  readonly usage?: Usage;
  readonly cost?: NanoUsd;
  readonly costBasis: Receipt["costBasis"];
  readonly totalMs: number;
  readonly errorCode?: string;
}

/** The receipt of a chat: like an answer's, but for what only documents have. */
export function toChatReceipt(
  tokenCounterId: string,
  prompt: Prompt,
  route: Route,
  { totalMs, ...facts }: ReceiptFacts,
): Receipt {
  const hash = createHash("sha256");
  for (const { role, content, ...more } of prompt.messages) {
    hash.update(`${role}\0${content}\0`);
    if (Object.keys(more).length > 0) hash.update(`${JSON.stringify(more)}\0`); // images, tool calls
  }
  return {
    knowledgeBaseId: noKnowledgeBase,
    basis: "generated",
    isGrounded: false,
    questionSha256: hash.digest("hex"),
    promptTemplateId: "caller",
    retrieverId: "none",
    embedderId: "none" as EmbedderId,
    priceBookId: route.priceBookId,
    hits: [],
    evidenceTokens: 0,
    corpusTokens: 0,
    tokenCounterId,
    route: { ...route, candidates: keptCandidates(route) },
    counterfactuals: [],
    timingsMs: { retrieve: 0, generate: totalMs, total: totalMs },
    ...facts,
  };
}

/** The first ones, and whoever was asked. */
function keptCandidates({ candidates, attempts }: Route): Route["candidates"] {
  if (candidates.length <= candidatesKept) return candidates;
  return candidates.filter(
    ({ provider, model }, index) =>
      index < candidatesKept || attempts.some((attempt) => attempt.provider === provider && attempt.model === model),
  );
}
