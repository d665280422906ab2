import type { Question, RequestShape, Retrieval } from "@larder/contracts";
import { difficultyOf } from "./difficulty.ts";
import { verifierRates } from "./escalate.ts";
import type { WrittenPrompt } from "./prompt.ts";
import { promptTemplateId } from "./prompt.ts";

/** What the router is told of a question: sizes, needs, and how hard it looks. Nothing of its words. */
export function shapeOf(
  question: Question,
  { inputTokens, stablePrefixTokens }: WrittenPrompt,
  retrieval: Retrieval,
  outputTokensExpected = 300,
): RequestShape {
  const { outputTokensMax, policy, responseFormat, history = [] } = question;
  const json = responseFormat === undefined ? [] : (["json_schema"] as const);
  return {
    inputTokens,
    stablePrefixTokens,
    outputTokensMax,
    outputTokensExpected: Math.min(outputTokensMax, outputTokensExpected),
    needs: [...new Set([...(policy.needs ?? []), ...json])],
    task: responseFormat === undefined ? "answering" : "json",
    difficulty: difficultyOf(question.text, retrieval, history.length),
    prefixId: promptTemplateId,
    ...(policy.isEscalationAllowed === true && { escalation: verifierRates }),
  };
}
