import type { TokenCounter } from "@larder/contracts";
import { greatestFitting } from "../greatest-fitting.ts";
import type { ArmEvidence, EvidencePiece } from "../run-ports.ts";

/** A piece whose tokens are known. */
export interface CountedPiece extends EvidencePiece {
  readonly tokens: number;
}

/**
 * Whole pieces in order until the budget is full, the last one cut where it stops fitting. Tokens are those of the texts
 * alone, which favours these arms: Larder's budget holds titles and headings too.
 */
export function fillPieces(
  ranked: Iterable<CountedPiece>,
  budget: number | undefined,
  counter: Pick<TokenCounter, "count">,
): ArmEvidence {
  const pieces: EvidencePiece[] = [];
  let tokens = 0;
  for (const { tokens: size, ...piece } of ranked) {
    if (budget !== undefined && tokens >= budget) break;
    if (budget === undefined || tokens + size <= budget) {
      pieces.push(piece);
      tokens += size;
      continue;
    }
    const length = fittingLength(piece.text, budget - tokens, counter);
    const text = piece.text.slice(0, length);
    if (length > 0) pieces.push({ ...piece, text, end: piece.start + length });
    tokens += counter.count(text);
    break;
  }
  return { pieces, tokens };
}

/** Characters of the longest beginning of at most `tokensMax` tokens, found by halving. */
export function fittingLength(text: string, tokensMax: number, counter: Pick<TokenCounter, "count">): number {
  return greatestFitting(text.length, (length) => counter.count(text.slice(0, length)) <= tokensMax);
}
