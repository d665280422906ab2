import type { Call, Citation, Embedder } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { EvidenceSentence, EvidenceSentences, ReadEvidence } from "./evidence-sentences.ts";
import { coverage } from "./evidence-sentences.ts";
import { exactFactsOf } from "./exact-facts.ts";
import type { RowFit } from "./row-fit.ts";
import { fitRow, shownRow } from "./row-fit.ts";
import { quotedSpan, shownText } from "./shown-text.ts";
import { termsOf } from "./terms.ts";
import { citeSpan } from "./verify-citations.ts";

/** One sentence of an extractive answer, as shown, with its marker behind it. */
export interface ExtractedSentence {
  readonly text: string;
  readonly citation: Citation;
  /** Not so for a row of a table that holds less than what was asked for, or whose values nothing names. */
  readonly isGrounded: boolean;
}

export interface ExtractSettings {
  /** Most sentences. @defaultValue 4 */
  readonly sentencesMax?: number;
}

/** Sentences that are embedded at most: the likeliest by words. By the carried model's card 256 take about 50 ms. */
const embeddedSentencesMax = 256;
/** A further sentence must score this share of the best. Chosen arbitrarily. */
const scoreShareMin = 0.8;
/** At one half, sentences without a word of the question won over ones that answer it. By trials with the quickstart. */
const pieceWeight = 0.35;
/** Two sentences that share more than this part of their terms say the same. Chosen arbitrarily. */
const overlapMax = 0.6;

/**
 * Answers in the documents' own words: the one to four sentences of the evidence that fit the question best; while there
 * is room, of each piece that a link was followed to (`scores.link`) the one that best says something of what these leave
 * open of the question.
 *
 * A sentence scores about a third each by its piece's score, by the question's terms that it holds (weighted by how rare
 * they are in the evidence) and by its vector's similarity to the question's, scaled over the sentences; the latter two
 * by words when the embedder is unavailable. Sentences come in the order of the evidence, and the passages that they stand
 * in are numbered from 1. Headings are left out, and so is what says no more than the question. Questions and sentences
 * that announce others count half, code least. Deterministic. `[]` when there is no evidence,
 * or no word of the question occurs in it.
 */
export async function extractAnswer(
  question: string,
  evidence: EvidenceSentences,
  embedder: Pick<Embedder, "embed" | "dimensions">,
  call: Call,
  settings: ExtractSettings = {},
): Promise<readonly ExtractedSentence[]> {
  const terms = new Set(termsOf(question));
  const asked = { terms, facts: exactFactsOf(question) };
  const byWords = evidence.pieces
    .flatMap((piece, index) =>
      piece.sentences.map((sentence): Candidate => {
        const { row } = sentence;
        const fit = row === undefined || row.isHeader ? undefined : fitRow(row, piece, evidence, asked);
        if (row === undefined || fit === undefined) {
          return { piece, index, sentence, words: coverage(evidence, piece, [sentence], terms) };
        }
        const shown = shownRow(row, fit.chosen, terms, quoteOf(piece, sentence));
        return { piece, index, sentence, words: fit.words, table: { ...fit, shown } };
      }),
    )
    .filter((candidate) => !isHeading(candidate) && saysMoreThan(terms, candidate.sentence))
    .sort((a, b) => b.piece.evidence.score + b.words - (a.piece.evidence.score + a.words))
    .slice(0, embeddedSentencesMax);
  if (terms.size > 0 && byWords.every(({ words }) => words === 0)) return [];
  const similarities = await similaritiesTo(question, byWords, embedder, call);
  const scored = byWords
    .map((candidate, place) => {
      const meaning = similarities?.[place] ?? candidate.words;
      const own = 0.5 * candidate.words + 0.5 * meaning;
      const score = pieceWeight * candidate.piece.evidence.score + (1 - pieceWeight) * own;
      return { ...candidate, score: score * likelihood(candidate) };
    })
    .sort(
      (a, b) =>
        b.score - a.score ||
        (a.table?.others ?? 0) - (b.table?.others ?? 0) ||
        a.index - b.index ||
        a.sentence.start - b.sentence.start,
    );

  const sentencesMax = settings.sentencesMax ?? 4;
  const taken: typeof scored = [];
  const isNews = (candidate: Candidate) =>
    taken.every((one) => overlap(one.sentence, candidate.sentence) <= overlapMax && !isLesserRow(candidate, one));
  for (const candidate of scored) {
    if (taken.length === sentencesMax) break;
    if (candidate.score < scoreShareMin * (scored[0]?.score ?? 0)) break;
    if (isNews(candidate)) taken.push(candidate);
  }
  for (const candidate of secondHops(scored, taken, terms)) {
    if (taken.length === sentencesMax) break;
    if (isNews(candidate)) taken.push(candidate);
  }
  const quotes = taken
    .sort((a, b) => a.index - b.index || a.sentence.start - b.sentence.start)
    .map(({ piece, sentence, table }) => {
      const { start, end } = quotedSpan(piece.evidence.text, sentence);
      return { quote: citeSpan(piece, 0, start, end), table };
    });
  const sources = [...new Set(quotes.map(({ quote }) => quote.passageId))];
  return quotes.map(({ quote, table }) => {
    const citation = { ...quote, marker: sources.indexOf(quote.passageId) + 1 };
    const shown = table?.shown ?? shownText(quote.quote);
    return { text: `${shown} [${citation.marker}]`, citation, isGrounded: table?.isGrounded ?? true };
  });
}

interface Candidate {
  readonly piece: ReadEvidence;
  readonly index: number;
  readonly sentence: EvidenceSentence;
  readonly words: number;
  /** Of a table's row. */
  readonly table?: RowFit & { readonly shown: string };
}

function quoteOf({ evidence }: ReadEvidence, sentence: EvidenceSentence): string {
  const { start, end } = quotedSpan(evidence.text, sentence);
  return evidence.text.slice(start, end);
}

/** Rows differ by a word or two, which a row has that is asked for; the others say something else in like words. */
function isLesserRow(candidate: Candidate, best: Candidate): boolean {
  if (candidate.table === undefined || best.table === undefined) return false;
  if (best.table.isAsked !== candidate.table.isAsked) return best.table.isAsked;
  return candidate.words < best.words || (candidate.words === best.words && candidate.table.others > best.table.others);
}

/**
 * Of each piece that is linked with one of the best, and that has no sentence among those taken, the best one that says
 * anything of what they leave open: the first hop has the question's words, the second the answer. Best first.
 */
function secondHops<T extends Candidate>(
  scored: readonly T[],
  taken: readonly Candidate[],
  question: ReadonlySet<string>,
): readonly T[] {
  const open = [...question].filter((term) => taken.every(({ sentence }) => !sentence.terms.has(term)));
  const seen = new Set(taken.map(({ piece }) => piece));
  return scored.filter(({ piece, sentence }) => {
    if ((piece.evidence.scores.link ?? 0) === 0 || seen.has(piece)) return false;
    if (open.every((term) => !sentence.terms.has(term))) return false;
    seen.add(piece);
    return true;
  });
}

/** What a sentence's score is multiplied with for what it looks like. The factors are chosen arbitrarily. */
function likelihood({ sentence: { text, terms, isCode }, table }: Candidate): number {
  if (isCode) return 0.25;
  if (table !== undefined) return table.likelihood;
  if (looksLikeCode(text)) return 0.25;
  if (/[?:]$/.test(text) || terms.size < 3) return 0.5;
  return text.startsWith("|") ? 0.6 : 1;
}

/** It repeats the question and does not answer it. */
function isHeading({ piece: { evidence, places }, sentence: { text, row } }: Candidate): boolean {
  if (row?.isHeader === true) return true;
  const headings = [evidence.title, ...places.flatMap((place) => place.headings)];
  return /^#{1,6}\s/.test(text) || headings.includes(text);
}

/** What only repeats the question, or has no content at all, answers nothing. */
function saysMoreThan(question: ReadonlySet<string>, { terms }: EvidenceSentence): boolean {
  return [...terms].some((term) => !question.has(term));
}

/** A tenth of other characters than a sentence, a date or a price has. By trials with shell commands and JSON. */
const signShareMax = 0.1;

/** Commands, JSON and the like, by how they begin or how many of their characters are signs. */
function looksLikeCode(text: string): boolean {
  const bare = shownText(text.slice(quotedSpan(text, { start: 0, end: text.length }).start)).replaceAll("`", "");
  if (/^(?:[{}<]|[$%] |>>> |"[^"]*"\s*:|(?:curl|npm|npx|git|sudo|import|const|export)\b\s)/.test(bare)) return true;
  const signs = bare.replace(/[\p{L}\p{M}\p{N}\p{Sc}\s.,:;!?…%'"‘’“”«»()/|+–—。，、！？-]/gu, "").length;
  return signs > signShareMax * bare.length;
}

function overlap(a: EvidenceSentence, b: EvidenceSentence): number {
  const shared = [...a.terms].filter((term) => b.terms.has(term)).length;
  return shared / Math.min(a.terms.size, b.terms.size);
}

/** Cosines to the question scaled to 0 … 1; `undefined` when there is no embedder to ask. */
async function similaritiesTo(
  question: string,
  candidates: readonly Candidate[],
  embedder: Pick<Embedder, "embed" | "dimensions">,
  call: Call,
): Promise<readonly number[] | undefined> {
  if (candidates.length === 0) return undefined;
  try {
    const texts = [question, ...candidates.map(({ sentence, table }) => table?.shown ?? sentence.text)];
    const vectors = await embedder.embed(texts, "query", call);
    const row = (index: number) => vectors.subarray(index * embedder.dimensions, (index + 1) * embedder.dimensions);
    const cosines = candidates.map((_, place) => dot(row(0), row(place + 1)));
    const least = Math.min(...cosines);
    const range = Math.max(...cosines) - least;
    return cosines.map((cosine) => (range > 0 ? (cosine - least) / range : 1));
  } catch (thrown) {
    call.signal.throwIfAborted();
    if (!LarderError.is(thrown)) throw thrown;
    return undefined; // the answer is made by words alone
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
