import type { ModelEntry, NanoUsd, PriceTerms, SavingsQuestion, UsageTokens } from "@larder/contracts";
import { inputTokensOf, noTokens, outputTokensOf } from "@larder/contracts";

/** A question as every arm needs it: in the tokens of the model that both sides are priced at. */
export interface ArmQuestion {
  readonly question: SavingsQuestion;
  readonly entry: ModelEntry;
  /** `provider/model`. */
  readonly name: string;
  /** Tokens of one of ours. */
  readonly ratio: number;
  /** The whole knowledge base. */
  readonly corpus: number;
  /** Instructions and question. */
  readonly overhead: number;
  readonly topDocument: number | undefined;
  /** What of the window a prompt may take. */
  readonly usable: number;
  readonly actualInput: number;
  /** `undefined` when a rate is unknown. The output is always the answer's own. */
  price(input: Partial<UsageTokens>, terms?: PriceTerms): NanoUsd | undefined;
  /** Ours, elsewhere. */
  priceOurs(terms: PriceTerms): NanoUsd | undefined;
}

/** `undefined` when the model's window is not known: without it there is no ceiling, and nothing may be claimed. */
export function armQuestionOf(question: SavingsQuestion, outputTokensReserved: number): ArmQuestion | undefined {
  const { priceBook, provider, model, actual, terms } = question;
  const entry = priceBook.find(provider, model);
  if (entry === undefined || entry.contextTokens === null) return undefined;
  const given = question.tokenRatio ?? 1;
  const ratio = Number.isFinite(given) && given > 0 ? given : 1;
  const scale = (tokens: number) => Math.round(tokens * ratio);
  const output = {
    ...noTokens,
    outputText: actual.outputText,
    outputReasoning: actual.outputReasoning,
    outputAudio: actual.outputAudio,
  };
  const price = (tokens: UsageTokens, at: PriceTerms | undefined) => {
    const priced = priceBook.price(provider, model, tokens, at);
    return priced.kind === "priced" ? priced.cost : undefined;
  };
  return {
    question,
    entry,
    name: `${provider}/${model}`,
    ratio,
    corpus: scale(question.corpusTokens),
    overhead: scale(question.overheadTokens),
    topDocument: question.topDocumentTokens === undefined ? undefined : scale(question.topDocumentTokens),
    usable: usableTokensOf(entry, actual, outputTokensReserved),
    actualInput: inputTokensOf(actual),
    price: (input, at = terms) => price({ ...output, ...input }, at),
    priceOurs: (at) => price(actual, at),
  };
}

/** Window less what the answer needs: as much as it took, and at least the reserve that the model can use. */
export function usableTokensOf(entry: ModelEntry, actual: UsageTokens, outputTokensReserved: number): number {
  const reserve = Math.min(outputTokensReserved, entry.outputTokensMax ?? outputTokensReserved);
  return Math.max(0, (entry.contextTokens ?? 0) - Math.max(reserve, outputTokensOf(actual)));
}
