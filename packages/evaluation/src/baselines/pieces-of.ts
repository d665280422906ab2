import type { LabelledDocument } from "../data-set.ts";
import type { Stretch } from "./cut-pieces.ts";
import type { Piece } from "./fill-budget.ts";

/** Every document of a set cut up, in order. */
export function piecesOf(
  documents: readonly LabelledDocument[],
  cut: (text: string) => readonly Stretch[],
  countTokens: (text: string) => number,
): readonly Piece[] {
  return documents.flatMap(({ id, text }) =>
    cut(text).map(({ start, end }) => {
      const part = text.slice(start, end);
      return { documentId: id, start, end, text: part, tokens: countTokens(part) };
    }),
  );
}
