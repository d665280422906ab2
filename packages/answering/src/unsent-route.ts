import type { BudgetScope, Call, GeneratorRouter, Question, RequestShape, Retrieval, Route } from "@larder/contracts";
import { nearSentence } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import { abstentionSentence } from "./prompt.ts";

/** Why no model is asked, and what the reader is told instead of an answer. */
export interface Unanswerable {
  /** Behind "Nothing was sent: ". */
  readonly why: string;
  readonly text: string;
}

/** `undefined` when there is something to ask a model with. */
export function findUnanswerable(
  { evidence, confidence, budget }: Retrieval,
  confidenceMin: number,
): Unanswerable | undefined {
  if (evidence.length > 0) {
    if (confidence >= confidenceMin) return undefined;
    const why = `the confidence that the knowledge base answers it is ${shown(confidence)}, below ${confidenceMin}`;
    return { why, text: abstentionSentence };
  }
  if (budget === undefined || confidence < confidenceMin) {
    return { why: "the knowledge base holds no evidence for the question", text: abstentionSentence };
  }
  // Passages that match were found, and none of them fits: to say that there is no answer would be false.
  const tokens = budget.tokensMax === 1 ? "1 token" : `${budget.tokensMax} tokens`;
  return {
    why: `no passage that may answer the question fits into ${tokens}`,
    text: `The token budget is too small: no passage that may answer this fits into ${tokens}.`,
  };
}

/** The route of a question that no model is asked, because there is nothing to ask it with. */
export function routeOfNothing({ why }: Unanswerable, priceBookId: string): Route {
  return { reason: `Nothing was sent: ${why}.`, candidates: [], attempts: [], priceBookId };
}

/** Whose budgets a question takes, besides the total's. */
export function payersOf({ knowledgeBaseId, callerKey }: Question): readonly BudgetScope[] {
  return [knowledgeBaseId, ...(callerKey === undefined ? [] : [callerKey])];
}

/** The route that a question would take, were it sent now: with what its budgets have no room for. */
export async function routeOfDryRun(
  router: Pick<GeneratorRouter, "quoteWithin">,
  question: Question,
  shape: RequestShape,
  call: Call,
): Promise<Route> {
  const quote = await router.quoteWithin(shape, question.policy, payersOf(question), call);
  const { candidates, priceBookId } = quote;
  const first = candidates.find(({ isEligible }) => isEligible);
  if (first === undefined) {
    const reason = "Dry run: no model is eligible; the answer would quote the evidence.";
    return { reason, candidates, attempts: [], priceBookId };
  }
  const { provider, model } = first;
  const like = shape.near === undefined ? "" : ` ${nearSentence(shape.near)}`;
  const reason = `Dry run: ${provider}/${model} would be asked first.${like}`;
  return { chosen: { provider, model }, reason, candidates, attempts: [], priceBookId };
}

/** What the answer would be made of. */
export function dryRunBasis({ chosen }: Route): AnswerDraft["basis"] {
  return chosen === undefined ? "extractive" : "generated";
}

/** Rounded down, so that what is below a limit of two digits is seen to be. */
function shown(confidence: number): string {
  return (Math.floor(confidence * 1_000) / 1_000).toFixed(3);
}
