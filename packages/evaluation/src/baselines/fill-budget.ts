import type { DocumentRange } from "../character-ranges.ts";
import type { EvidenceLimits, Found } from "../pipeline.ts";

/** A stretch of a document that a baseline may send. */
export interface Piece extends DocumentRange {
  readonly text: string;
  /** o200k tokens of `text`. */
  readonly tokens: number;
}

/**
 * What the plain alternatives send: whole pieces in rank order until the budget is full, the last one cut where it stops
 * fitting. Tokens are those of the text alone, which favours these baselines: Larder's budget holds titles and markers.
 */
export function fillBudget(
  ranked: Iterable<Piece>,
  { tokenBudget = Number.POSITIVE_INFINITY, pieces }: EvidenceLimits,
  countTokens: (text: string) => number,
): Found {
  const evidence: DocumentRange[] = [];
  let tokens = 0;
  for (const piece of ranked) {
    if (evidence.length >= pieces || tokens >= tokenBudget) break;
    const { documentId, start } = piece;
    if (tokens + piece.tokens <= tokenBudget) {
      evidence.push({ documentId, start, end: piece.end });
      tokens += piece.tokens;
      continue;
    }
    const length = fittingLength(piece.text, tokenBudget - tokens, countTokens);
    if (length > 0) evidence.push({ documentId, start, end: start + length });
    tokens += countTokens(piece.text.slice(0, length));
    break;
  }
  return { evidence, tokens: () => tokens };
}

/** Characters of the longest beginning of at most `tokensMax` tokens, found by halving. */
function fittingLength(text: string, tokensMax: number, countTokens: (text: string) => number): number {
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (countTokens(text.slice(0, middle)) <= tokensMax) low = middle;
    else high = middle - 1;
  }
  return low;
}
