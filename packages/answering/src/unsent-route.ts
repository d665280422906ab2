import type { GeneratorRouter, Question, RequestShape, Retrieval, Route } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";

/** The route of a question that no model is asked, because there is nothing to ask it with. */
export function routeOfNothing({ evidence, confidence }: Retrieval, confidenceMin: number, priceBookId: string): Route {
  const why =
    evidence.length === 0
      ? "the knowledge base holds no evidence for the question"
      : `the confidence that the knowledge base answers it is ${shown(confidence)}, below ${confidenceMin}`;
  return { reason: `Nothing was sent: ${why}.`, candidates: [], attempts: [], priceBookId };
}

/** The route that a question would take, were it sent. */
export function routeOfDryRun(
  router: Pick<GeneratorRouter, "quote">,
  shape: RequestShape,
  policy: Question["policy"],
): Route {
  const { candidates, priceBookId } = router.quote(shape, policy);
  const first = candidates.find(({ isEligible }) => isEligible);
  if (first === undefined) {
    const reason = "Dry run: no model is eligible; the answer would quote the evidence.";
    return { reason, candidates, attempts: [], priceBookId };
  }
  const { provider, model } = first;
  const reason = `Dry run: ${provider}/${model} would be asked first.`;
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
