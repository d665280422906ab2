import type { NearRequests, Question, RequestShape, Retrieval, RoutingTask } from "@larder/contracts";
import { difficultyOf } from "./difficulty.ts";
import { verifierRates } from "./escalate.ts";
import type { WrittenPrompt } from "./prompt.ts";
import { promptTemplateId } from "./prompt.ts";

export interface ExpectedOfQuestion {
  /** How models did at questions like it; absent where nothing is known. */
  readonly near?: NearRequests | undefined;
  /** @defaultValue 300 */
  readonly outputTokensExpected?: number | undefined;
}

/** The kind of work that a question's answer is. */
export function taskOf({ responseFormat }: Pick<Question, "responseFormat">): RoutingTask {
  return responseFormat === undefined ? "answering" : "json";
}

/** What the router is told of a question: sizes, needs, and how hard it looks. Nothing of its words. */
export function shapeOf(
  question: Question,
  { inputTokens, stablePrefixTokens }: WrittenPrompt,
  retrieval: Retrieval,
  { near, outputTokensExpected = 300 }: ExpectedOfQuestion = {},
): RequestShape {
  const { outputTokensMax, policy, responseFormat, history = [] } = question;
  const json = responseFormat === undefined ? [] : (["json_schema"] as const);
  return {
    inputTokens,
    stablePrefixTokens,
    outputTokensMax,
    outputTokensExpected: Math.min(outputTokensMax, outputTokensExpected),
    needs: [...new Set([...(policy.needs ?? []), ...json])],
    task: taskOf(question),
    difficulty: difficultyOf(question.text, retrieval, history.length),
    ...(near && { near }),
    prefixId: promptTemplateId,
    ...(policy.isEscalationAllowed === true && { escalation: verifierRates }),
  };
}
