import type { ModelKnowledge, RequestShape } from "@larder/contracts";

/** The caller's expectation counts as this many observed answers. */
const priorAnswers = 3;

export interface ExpectedOutput {
  readonly text: number;
  readonly reasoning: number;
}

/**
 * Tokens that an answer is expected to take, in the model's own count: the mean of what was observed, drawn towards the
 * caller's expectation while little was. Cost is linear in tokens, so it is the mean that it needs; quantiles are told
 * beside it. Both together are at most `outputTokensMax`, which providers count reasoning into.
 */
export function expectedOutput(shape: RequestShape, ratio: number, known: ModelKnowledge | undefined): ExpectedOutput {
  const prior = Math.ceil(shape.outputTokensExpected * ratio);
  const limit = Math.max(prior, shape.outputTokensMax);
  if (shape.task === undefined || known?.outputText === undefined) return { text: prior, reasoning: 0 };
  const { outputText, outputReasoning } = known;
  const text = (priorAnswers * prior + outputText.weight * outputText.mean) / (priorAnswers + outputText.weight);
  const reasoning =
    outputReasoning === undefined
      ? 0
      : (outputReasoning.weight * outputReasoning.mean) / (priorAnswers + outputReasoning.weight);
  const scale = Math.min(1, limit / Math.max(1, text + reasoning));
  return { text: Math.floor(text * scale), reasoning: Math.floor(reasoning * scale) };
}
