import type {
  Candidate,
  ModelEntry,
  ModelKnowledge,
  NanoUsd,
  PriceBook,
  PriceTerms,
  RequestShape,
} from "@larder/contracts";
import { tokensFor } from "./expected-tokens.ts";

/**
 * What 99 of 100 calls of this model at this task stay within: the whole input at its worst, and as much text and as much
 * reasoning as 99.5 % of the observed answers took, so that both together hold with 99 %. `undefined` while too few were
 * observed, see `highAnswersMin`, and where it would be no less than the worst case.
 */
export function costQuantile(
  entry: ModelEntry,
  { expected }: Candidate,
  knowledge: ModelKnowledge | undefined,
  {
    shape,
    priceBook,
    terms,
  }: { readonly shape: RequestShape; readonly priceBook: PriceBook; readonly terms: PriceTerms },
): NanoUsd | undefined {
  const text = knowledge?.outputText?.high;
  const reasoning = knowledge?.outputReasoning?.high;
  if (expected === undefined || shape.task === undefined || text === undefined || reasoning === undefined) {
    return undefined;
  }
  if (text + reasoning >= shape.outputTokensMax) return undefined;
  const habit = { hitProbability: 0, cachesPrompts: true };
  const { worst } = tokensFor(entry, shape, expected.tokenRatio, habit);
  const tokens = { ...worst, outputText: text, outputReasoning: reasoning };
  const priced = priceBook.price(entry.provider, entry.model, tokens, terms);
  return priced.kind === "priced" ? priced.cost : undefined;
}
