import type {
  Citation,
  ContextWindowUse,
  ConversationGrowth,
  Evidence,
  ModelledSpending,
  PriceBook,
  Question,
  RequestShape,
  Retrieval,
  SavingsCalculator,
  TokenCounter,
  UsageTokens,
} from "@larder/contracts";
import { inputTokensOf, outputTokensOf } from "@larder/contracts";
import type { AnswerDraft } from "./answer-draft.ts";
import { answeringUsage, tokenRatioOf } from "./answering-attempt.ts";

export interface WindowQuestion {
  readonly savings: SavingsCalculator;
  readonly priceBook: PriceBook;
  readonly tokenCounter: TokenCounter;
  readonly question: Question;
  readonly retrieval: Retrieval;
  readonly shape: RequestShape;
  readonly draft: AnswerDraft;
  readonly modelled?: ModelledSpending;
}

/**
 * What of its model's window an answer took, in the model's tokens: our own counts are scaled by the ratio of this very
 * prompt. `undefined` for what was not answered, and where the model's window is not known.
 */
export function contextWindowOf(asked: WindowQuestion): ContextWindowUse | undefined {
  const { savings, priceBook, question, retrieval, shape, draft, modelled } = asked;
  if (draft.error !== undefined) return undefined;
  const taken = takenBy(draft, modelled);
  if (taken === undefined) return undefined;
  const { provider, model, tokens, source } = taken;
  const contextTokens = priceBook.find(provider, model)?.contextTokens;
  const usableTokens = savings.usableTokens({ priceBook, provider, model, actual: tokens });
  if (contextTokens === undefined || contextTokens === null || usableTokens === undefined) return undefined;
  const ratio = source === "provider" ? (tokenRatioOf(draft, shape) ?? 1) : 1;
  const promptTokens = inputTokensOf(tokens);
  const evidenceTokens = Math.min(promptTokens, Math.round(retrieval.tokens * ratio));
  const cited = retrieval.evidence.filter((piece) => draft.citations.some((citation) => isIn(citation, piece)));
  const citedTokens = Math.round(cited.reduce((sum, piece) => sum + piece.tokens, 0) * ratio);
  const outputTokens = outputTokensOf(tokens);
  const growth = growthOf(asked, question, ratio, evidenceTokens, outputTokens);
  return {
    ...{ contextTokens, usableTokens, promptTokens, evidenceTokens },
    citedTokens: Math.min(evidenceTokens, citedTokens),
    ...{ outputTokens, source },
    ...(growth && { growth }),
  };
}

interface Taken {
  readonly provider: string;
  readonly model: string;
  readonly tokens: UsageTokens;
  readonly source: ContextWindowUse["source"];
}

/** By the call whose answer is shown, not by those that failed before it. */
function takenBy(draft: AnswerDraft, modelled: ModelledSpending | undefined): Taken | undefined {
  const { chosen } = draft.route;
  if (draft.basis === "extractive") {
    if (modelled === undefined) return undefined;
    const slash = modelled.model.indexOf("/");
    const [provider, model] = [modelled.model.slice(0, slash), modelled.model.slice(slash + 1)];
    return { provider, model, tokens: modelled.tokens, source: "modelled" };
  }
  const usage = answeringUsage(draft);
  return chosen === undefined || usage === undefined
    ? undefined
    : { ...chosen, tokens: usage.tokens, source: usage.source };
}

const isIn = (citation: Citation, piece: Evidence) =>
  citation.documentId === piece.documentId && citation.start < piece.end && citation.end > piece.start;

/** This turn stands for all: what a conversation gains with each of them. */
function growthOf(
  { tokenCounter }: Pick<WindowQuestion, "tokenCounter">,
  { text, history = [] }: Question,
  ratio: number,
  evidenceTokens: number,
  outputTokens: number,
): ConversationGrowth | undefined {
  if (history.length === 0) return undefined;
  const wordsPerTurn = Math.round(tokenCounter.count(text) * ratio) + outputTokens;
  return { turns: history.length, wordsPerTurn, withEvidencePerTurn: wordsPerTurn + evidenceTokens };
}
