import type { DocumentId, Evidence, PassageId, StoredPassage } from "@larder/contracts";
import type { Span } from "@larder/sentences";
import { fencedSpans, isInside, sentenceSpans } from "@larder/sentences";
import type { TableRow } from "./table-rows.ts";
import { describedBy, tableRowsOf } from "./table-rows.ts";
import { termsOf } from "./terms.ts";

/** A sentence of one piece of evidence; its offsets count from the beginning of that piece's text. */
export interface EvidenceSentence extends Span {
  readonly text: string;
  readonly terms: ReadonlySet<string>;
  /** Of a table's row: terms that say what its values are, in the names of its columns and the row of words above it. */
  readonly named: ReadonlySet<string>;
  /** Stands in a block of code. */
  readonly isCode: boolean;
  /** The table's row that it is, whole; absent for what is none, or a part of one. */
  readonly row?: TableRow;
}

/** Where in its document a passage stands, and all of its text. */
export type PassagePlace = Pick<StoredPassage, "id" | "start" | "headings" | "page" | "text" | "sentences">;

export interface ReadEvidence {
  readonly evidence: Evidence;
  /** Places of its passages in order; at least one. */
  readonly places: readonly PassagePlace[];
  readonly sentences: readonly EvidenceSentence[];
  /** Terms of the title and the headings. */
  readonly placeTerms: ReadonlySet<string>;
  readonly terms: ReadonlySet<string>;
}

/** Evidence divided into sentences, with how much each term tells them apart. */
export interface EvidenceSentences {
  readonly pieces: readonly ReadEvidence[];
  /** Inverse sentence frequency, > 0; greatest for a term that occurs nowhere. */
  weight(term: string): number;
  /** Terms of labels and columns in the tables of a document's passages: what tells their values apart. */
  tableTerms(documentId: DocumentId): ReadonlySet<string>;
}

/** @param passages - Of the evidence; a piece whose passages are not there has one place, and its own text alone. */
export function readSentences(
  evidence: readonly Evidence[],
  passages: ReadonlyMap<PassageId, PassagePlace> = new Map(),
): EvidenceSentences {
  const pieces = evidence.map((piece) => readPiece(piece, passages));
  const frequency = new Map<string, number>();
  let count = 0;
  for (const { sentences } of pieces) {
    count += sentences.length;
    for (const { terms } of sentences) for (const term of terms) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const tables = new Map<DocumentId, Set<string>>();
  for (const { evidence, places } of pieces) {
    const terms = tables.get(evidence.documentId) ?? new Set();
    for (const row of places.flatMap(tableRowsOf)) for (const term of termsOf(namesOf(row))) terms.add(term);
    tables.set(evidence.documentId, terms);
  }
  return {
    pieces,
    tableTerms: (documentId) => tables.get(documentId) ?? new Set(),
    weight: (term) => Math.log(1 + (count + 1) / ((frequency.get(term) ?? 0) + 1)),
  };
}

function namesOf({ cells }: TableRow): string {
  return [cells[0]?.text ?? "", ...cells.map(({ column }) => column)].join("\n");
}

function readPiece(evidence: Evidence, passages: ReadonlyMap<PassageId, PassagePlace>): ReadEvidence {
  const { passageId: id, start, headings, page, text } = evidence;
  const found = evidence.passageIds.flatMap((passage) => passages.get(passage) ?? []);
  const places = found.length > 0 ? found : [{ id, start, headings, text, ...(page === undefined ? {} : { page }) }];
  const code = places.flatMap((place) => codeOf(place, evidence));
  const rows = places.flatMap((place) => rowsOf(place, evidence));
  const spans = withWholeRows(sentenceSpans(evidence.text, code), rows);
  const sentences = spans.map(({ start, end, row }): EvidenceSentence => {
    const text = evidence.text.slice(start, end);
    const terms = new Set(termsOf(text));
    const named = new Set(row === undefined ? [] : termsOf(describedBy(row)));
    return { start, end, text, terms, named, isCode: isInside(code, start), ...(row !== undefined && { row }) };
  });
  const placeTerms = new Set(termsOf([evidence.title, ...places.flatMap((place) => place.headings)].join("\n")));
  return { evidence, places, sentences, placeTerms, terms: new Set(sentences.flatMap(({ terms }) => [...terms])) };
}

interface PlacedRow extends Span {
  readonly row: TableRow;
}

/** Rows of a passage's tables that lie in the evidence as a whole; offsets into the evidence. */
function rowsOf(place: PassagePlace, evidence: Evidence): readonly PlacedRow[] {
  const shift = place.start - evidence.start;
  return tableRowsOf(place)
    .map((row) => ({ row, start: row.start + shift, end: row.end + shift }))
    .filter(({ start, end }) => start >= 0 && end <= evidence.text.length);
}

/** Each row is one sentence, whatever sentence ends are in its cells. Both in order. */
function withWholeRows(
  spans: readonly Span[],
  rows: readonly PlacedRow[],
): readonly (Span & { readonly row?: TableRow })[] {
  if (rows.length === 0) return spans;
  const whole: (Span & { readonly row?: TableRow })[] = [];
  let at = 0;
  for (const span of spans) {
    while (at < rows.length && (rows[at]?.end ?? 0) <= span.start) at += 1;
    const row = rows[at];
    if (row === undefined || span.start < row.start) whole.push(span);
    else if (whole.at(-1)?.start !== row.start) whole.push(row);
  }
  return whole;
}

/** Code of a passage as its parser saw it, else between fences; offsets into the evidence. */
function codeOf({ start, text, sentences }: PassagePlace, evidence: Evidence): Span[] {
  const shift = start - evidence.start;
  const code = sentences?.filter(({ isCode }) => isCode === true) ?? fencedSpans(text);
  return code.map((span) => ({ start: span.start + shift, end: span.end + shift }));
}

/**
 * Share of the terms, by weight, that these sentences of a piece hold: 0 … 1. A term that only the piece's title or
 * headings hold counts half. No terms give 0.
 */
export function coverage(
  evidence: EvidenceSentences,
  piece: ReadEvidence,
  sentences: readonly EvidenceSentence[],
  terms: ReadonlySet<string>,
): number {
  let found = 0;
  let all = 0;
  for (const term of terms) {
    const weight = evidence.weight(term);
    all += weight;
    if (sentences.some((sentence) => sentence.terms.has(term) || sentence.named.has(term))) found += weight;
    else if (piece.placeTerms.has(term)) found += weight / 2;
  }
  return all === 0 ? 0 : found / all;
}
