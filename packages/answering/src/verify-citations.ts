import type { Citation } from "@larder/contracts";
import type { EvidenceSentence, EvidenceSentences, ReadEvidence } from "./evidence-sentences.ts";
import { coverage } from "./evidence-sentences.ts";
import { misplacesNumber } from "./misplaces-number.ts";
import type { TableRow } from "./table-rows.ts";
import { isNumeric, termsOf } from "./terms.ts";

/** Share of a statement's weighted terms that its support must hold. Chosen arbitrarily. */
const coverageMin = 0.4;
/** Two sentences are quoted together when they cover this much more than the better one. Chosen arbitrarily. */
const coverageGainMin = 0.15;

/**
 * Finds the words that support a statement: the sentence of the marked piece of evidence, or two that follow each
 * other, that holds most of the statement's terms by weight. Terms of the piece's title and headings count half.
 *
 * The quote is never the model's: it is a slice of the stored text. There is no support, and so no citation, when the
 * marker names no evidence, when less than two fifths of the terms are found, when fewer than two are (one, if the
 * statement has only one), or when a number of the statement does not occur in the piece.
 *
 * @param question - Stands in for the terms of a statement that has none, such as "Yes"; otherwise breaks ties.
 */
export function findSupport(
  evidence: EvidenceSentences,
  marker: number,
  statement: string,
  question: string,
): Citation | undefined {
  const piece = evidence.pieces[marker - 1];
  if (piece === undefined) return undefined;
  const own = new Set(termsOf(statement));
  const questionTerms = new Set(termsOf(question));
  const terms = own.size > 0 ? own : questionTerms;
  if (terms.size === 0 || !holdsNumbers(piece, own)) return undefined;

  let best: { readonly sentences: readonly EvidenceSentence[]; readonly score: number } | undefined;
  const alone = piece.sentences.map((sentence) => coverage(evidence, piece, [sentence], terms));
  for (const [index, sentence] of piece.sentences.entries()) {
    const { row } = sentence;
    if (row !== undefined && !rowHolds(row, sentence, piece, statement, own)) continue;
    const after = piece.sentences[index + 1];
    const next = row === undefined && after?.row === undefined ? after : undefined; // rows lend each other no numbers
    const single = alone[index] ?? 0;
    const together = next === undefined ? 0 : coverage(evidence, piece, [sentence, next], terms);
    const isPair = next !== undefined && together >= Math.max(single, alone[index + 1] ?? 0) + coverageGainMin;
    const sentences = isPair ? [sentence, next] : [sentence];
    const covered = isPair ? together : single;
    if (covered < coverageMin || sharedTerms(sentences, terms) < Math.min(2, terms.size)) continue;
    const score = covered + 0.1 * coverage(evidence, piece, sentences, questionTerms);
    if (best === undefined || score > best.score) best = { sentences, score };
  }
  return best === undefined ? undefined : citationOf(piece, marker, best.sentences);
}

function sharedTerms(sentences: readonly EvidenceSentence[], terms: ReadonlySet<string>): number {
  return [...terms].filter((term) => sentences.some((sentence) => sentence.terms.has(term))).length;
}

function holdsNumbers(piece: ReadEvidence, terms: ReadonlySet<string>): boolean {
  return [...terms].every((term) => !isNumeric(term) || piece.terms.has(term) || piece.placeTerms.has(term));
}

/** Its numbers are the statement's, each in the column that the statement speaks of. */
function rowHolds(
  row: TableRow,
  { terms, named }: EvidenceSentence,
  piece: ReadEvidence,
  statement: string,
  own: ReadonlySet<string>,
): boolean {
  const isHeld = (term: string) => terms.has(term) || named.has(term) || piece.placeTerms.has(term);
  return [...own].every((term) => !isNumeric(term) || isHeld(term)) && !misplacesNumber(row, statement);
}

function citationOf(piece: ReadEvidence, marker: number, sentences: readonly EvidenceSentence[]): Citation | undefined {
  const start = sentences[0]?.start;
  const end = sentences.at(-1)?.end;
  if (start === undefined || end === undefined) return undefined;
  return citeSpan(piece, marker, start, end);
}

/** The piece's text from `start` to `end` as a citation of the passage that it begins in; offsets are the document's. */
export function citeSpan({ evidence, places }: ReadEvidence, marker: number, start: number, end: number): Citation {
  const place = places.findLast((one) => one.start <= evidence.start + start) ?? places[0];
  return {
    marker,
    passageId: place?.id ?? evidence.passageId,
    documentId: evidence.documentId,
    title: evidence.title,
    ...(evidence.fileName === undefined ? {} : { fileName: evidence.fileName }),
    headings: place?.headings ?? evidence.headings,
    ...(place?.page === undefined ? {} : { page: place.page }),
    start: evidence.start + start,
    end: evidence.start + end,
    quote: evidence.text.slice(start, end),
  };
}
