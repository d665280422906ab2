/**
 * What of a model's context window an answer took, in the model's own tokens. Counts only: the shares are worked out
 * where they are shown, so that a receipt cannot hold a share that its counts do not give.
 */
export interface ContextWindowUse {
  /** The window of the model. */
  readonly contextTokens: number;
  /** What of it a prompt may take: without what is reserved for the answer. */
  readonly usableTokens: number;
  /** Of the prompt that was sent, or would have been. */
  readonly promptTokens: number;
  readonly evidenceTokens: number;
  /** Of the pieces of evidence that the answer cites; at most `evidenceTokens`. */
  readonly citedTokens: number;
  readonly outputTokens: number;
  /** `provider`: the prompt as billed; `estimated`: by our count; `modelled`: nothing was sent. */
  readonly source: "provider" | "estimated" | "modelled";
  /** Of a conversation; absent for a question that stands alone. */
  readonly growth?: ConversationGrowth;
}

/**
 * By how much a conversation's prompt grows with each turn, taken from this one: if the caller keeps the evidence of
 * each turn and sends it again, and if it keeps the words alone.
 */
export interface ConversationGrowth {
  /** Earlier turns. */
  readonly turns: number;
  /** Question and answer. */
  readonly wordsPerTurn: number;
  /** Question, answer and evidence. */
  readonly withEvidencePerTurn: number;
}

/** Larger than any conversation: where nothing grows there is no last turn. */
export const turnsMax = 100_000;

/** Shares and remainders of {@link ContextWindowUse}. */
export interface ContextWindowShares {
  /** Prompt in the usable window: 0 for none, above 1 where the provider took more than was reserved. */
  readonly occupancy: number;
  /** Evidence in the prompt. */
  readonly evidenceShare: number;
  /** Cited in the evidence. */
  readonly evidenceUse: number;
  readonly wastedTokens: number;
  /** Of the window, after prompt and answer. */
  readonly freeTokens: number;
  /** Further turns until a prompt no longer fits; absent outside a conversation. */
  readonly turnsToCompaction?: { readonly words: number; readonly withEvidence: number };
}

/** @source reference of Larder's savings, "Window occupancy": occupancy, evidence share, evidence use, wasted, turns */
export function windowSharesOf(use: ContextWindowUse): ContextWindowShares {
  const { usableTokens, promptTokens, evidenceTokens, citedTokens, growth } = use;
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  const evidenceUse = share(citedTokens, evidenceTokens);
  const room = usableTokens - promptTokens;
  const turns = (perTurn: number) =>
    perTurn <= 0 ? turnsMax : Math.min(turnsMax, Math.floor(Math.max(0, room) / perTurn));
  return {
    occupancy: share(promptTokens, usableTokens),
    evidenceShare: share(evidenceTokens, promptTokens),
    evidenceUse,
    wastedTokens: evidenceTokens - citedTokens,
    freeTokens: use.contextTokens - promptTokens - use.outputTokens,
    ...(growth && {
      turnsToCompaction: { words: turns(growth.wordsPerTurn), withEvidence: turns(growth.withEvidencePerTurn) },
    }),
  };
}
