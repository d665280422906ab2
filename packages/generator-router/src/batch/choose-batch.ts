import type { Candidate, PriceBook, RequestShape, RoutedRequest } from "@larder/contracts";
import { noTokens } from "@larder/contracts";

/**
 * The model whose batch is expected to cost least, where that is less than the cheapest live call; else `undefined`. Only
 * candidates that may be asked live are looked at: the same model answers when the batch does not. Pure.
 *
 * @param candidates - Of the quote, with their live costs
 * @param hasBatches - Whether a provider's batches can be used
 */
export function chooseBatch(
  candidates: readonly Candidate[],
  { shape }: Pick<RoutedRequest, "shape">,
  priceBook: PriceBook,
  hasBatches: (provider: string) => boolean,
): { readonly provider: string; readonly model: string; readonly expectedCost: bigint } | undefined {
  const eligible = candidates.filter(({ isEligible }) => isEligible);
  const [live] = eligible
    .flatMap(({ expectedCost }) => (expectedCost === undefined ? [] : [expectedCost]))
    .toSorted(byValue);
  let best: { readonly provider: string; readonly model: string; readonly expectedCost: bigint } | undefined;
  for (const { provider, model } of eligible) {
    if (!hasBatches(provider) || priceBook.find(provider, model)?.cards?.batch === undefined) continue;
    const priced = priceBook.price(provider, model, expectedTokens(shape), { lane: "batch" });
    if (priced.kind !== "priced" || priced.cost >= (live ?? 0n)) continue;
    if (best === undefined || priced.cost < best.expectedCost) best = { provider, model, expectedCost: priced.cost };
  }
  return best;
}

const byValue = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

/** Nothing is read from a cache: a batch comes when it comes. */
function expectedTokens({ inputTokens, outputTokensExpected }: RequestShape) {
  return { ...noTokens, inputFresh: inputTokens, outputText: outputTokensExpected };
}
