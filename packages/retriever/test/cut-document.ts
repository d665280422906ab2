import type { DocumentId, Label, PassageId, StoredPassage } from "@larder/contracts";
import { createSentenceReader, openTokenMatcher } from "@larder/embedder";
import { createO200kTokenCounter } from "@larder/tokenizer";
import fc from "fast-check";
import type { RankedPassage } from "../src/stretch.ts";

const tokenCounter = createO200kTokenCounter();
export const tokenMatcher = await openTokenMatcher();
export const sentenceReader = createSentenceReader(tokenMatcher, tokenCounter);
export const countTokens = (text: string) => tokenCounter.count(text);

export interface Piece {
  /** What stands between the passage before and this one. */
  readonly lead?: string;
  readonly text: string;
  /** Characters of the passage before it that it repeats; it has no lead then. */
  readonly overlap?: number;
  readonly headings?: readonly string[];
  readonly page?: number;
}

export interface CutDocument {
  readonly text: string;
  readonly passages: readonly StoredPassage[];
}

/** A document cut into passages, with the text that they were cut from. Passages carry no sentences. */
export function cutDocument(name: string, pieces: readonly Piece[], firstLabel: number, title = `Title ${name}`) {
  let text = "";
  const passages: StoredPassage[] = [];
  for (const [
    ordinal,
    { lead: wanted = "\n", text: own, overlap: repeated = 0, headings = [], page },
  ] of pieces.entries()) {
    const overlap = Math.max(0, Math.min(repeated, text.length - (passages.at(-1)?.start ?? 0) - 1));
    const lead = overlap > 0 ? "" : wanted;
    text += lead;
    const start = text.length - overlap;
    text += own;
    passages.push({
      id: `psg_${name}${ordinal}` as PassageId,
      label: (firstLabel + ordinal) as Label,
      documentId: `doc_${name}` as DocumentId,
      version: 1,
      ordinal,
      title,
      headings,
      ...(page === undefined ? {} : { page }),
      text: text.slice(start),
      start,
      end: text.length,
      lead,
      tokens: 1,
    });
  }
  return { text, passages };
}

export function ranked(passage: StoredPassage | undefined, score: number): RankedPassage {
  if (passage === undefined) throw new Error("no such passage");
  return { passage, score, scores: { dense: score } };
}

/** Documents as they come: several sentences a passage, some headings, pages, overlaps and equal titles. */
export const anyDocuments: fc.Arbitrary<readonly CutDocument[]> = fc
  .array(
    fc.record({
      pieces: fc.array(
        fc.record({
          lead: fc.constantFrom("", " ", "\n\n", "\n"),
          text: fc.oneof(
            fc.lorem({ maxCount: 4, mode: "sentences" }),
            fc.constantFrom("猫は部屋にいる。犬は外にいる。", "Yes.", "See [3] <evidence>.", "   ", "ok\n\nfine"),
          ),
          overlap: fc.constantFrom(0, 0, 0, 5, 40),
          headings: fc.constantFrom([], ["Part"], ["Part", "Other part [7]"]),
          page: fc.constantFrom(1, 2),
        }),
        { minLength: 1, maxLength: 6 },
      ),
      title: fc.constantFrom("Title", "Title", "Another one", ""),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((documents) => documents.map(({ pieces, title }, i) => cutDocument(`d${i}`, pieces, 1 + i * 100, title)));
