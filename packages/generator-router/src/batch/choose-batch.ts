import type { Candidate, NanoUsd, PriceBook, RequestShape, UsageTokens } from "@larder/contracts";
import { inputTokensOf, nanoUsd, noTokens } from "@larder/contracts";

export interface ChosenBatch {
  readonly provider: string;
  readonly model: string;
  readonly expectedCost: NanoUsd;
  /** If the answer takes all that it may. */
  readonly worstCost: NanoUsd;
}

/**
 * The model whose batch is expected to cost least, where that is less than the cheapest live call; else `undefined`. Only
 * candidates that may be asked live are looked at: the same model answers when the batch does not. Both sides are priced
 * by the same expected tokens, save that a batch reads nothing from a cache: it comes when it comes. Pure.
 *
 * @param candidates - Of the quote, with their live costs
 * @param hasBatches - Whether a provider's batches can be used
 */
export function chooseBatch(
  candidates: readonly Candidate[],
  shape: Pick<RequestShape, "outputTokensMax">,
  priceBook: PriceBook,
  hasBatches: (provider: string) => boolean,
): ChosenBatch | undefined {
  const eligible = candidates.filter(({ isEligible }) => isEligible);
  const [live] = eligible
    .flatMap(({ expectedCost }) => (expectedCost === undefined ? [] : [expectedCost]))
    .toSorted(byValue);
  let best: ChosenBatch | undefined;
  for (const { provider, model, expected } of eligible) {
    if (expected === undefined || !hasBatches(provider)) continue;
    if (priceBook.find(provider, model)?.cards?.batch === undefined) continue;
    const cost = (tokens: UsageTokens) => {
      const priced = priceBook.price(provider, model, tokens, { lane: "batch" });
      return priced.kind === "priced" ? priced.cost : undefined;
    };
    const { outputText, outputReasoning } = expected.tokens;
    const input = { ...noTokens, inputFresh: inputTokensOf(expected.tokens) };
    const expectedCost = cost({ ...input, outputText, outputReasoning });
    const outputMax = Math.max(outputText + outputReasoning, shape.outputTokensMax);
    const worst = [cost({ ...input, outputText: outputMax }), cost({ ...input, outputReasoning: outputMax })];
    if (expectedCost === undefined || expectedCost >= (live ?? 0n)) continue;
    const worstCost = nanoUsd(
      worst.reduce((most: bigint, each) => (each !== undefined && each > most ? each : most), 0n),
    );
    if (best === undefined || expectedCost < best.expectedCost) best = { provider, model, expectedCost, worstCost };
  }
  return best;
}

const byValue = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
