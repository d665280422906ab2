import type { Call, Citation, Embedder } from "@larder/contracts";
import { LarderError, withoutPromptSigns } from "@larder/contracts";
import type { EvidenceSentence, EvidenceSentences, ReadEvidence } from "./evidence-sentences.ts";
import { coverage } from "./evidence-sentences.ts";
import { termsOf } from "./terms.ts";
import { citeSpan } from "./verify-citations.ts";

/** One sentence of an extractive answer, as shown, with its marker behind it. */
export interface ExtractedSentence {
  readonly text: string;
  readonly citation: Citation;
}

export interface ExtractSettings {
  /** Most sentences. @defaultValue 4 */
  readonly sentencesMax?: number;
}

/** Sentences that are embedded at most: the likeliest by words. By the carried model's card 256 take about 50 ms. */
const embeddedSentencesMax = 256;
/** A further sentence must score this share of the best. Chosen arbitrarily. */
const scoreShareMin = 0.8;
/** Two sentences that share more than this part of their terms say the same. Chosen arbitrarily. */
const overlapMax = 0.6;

/**
 * Answers in the documents' own words: the one to four sentences of the evidence that fit the question best.
 *
 * A sentence scores half by its piece's score, a quarter by the question's terms that it holds (weighted by how rare
 * they are in the evidence) and a quarter by its vector's similarity to the question's, scaled over the sentences; all by
 * words when the embedder is unavailable. Sentences come in the order of the evidence. Headings and questions count
 * half: they repeat the question and do not answer it; rows of tables a little less than prose, lines of code least.
 * Deterministic. No evidence, or none that shares a word with the question, gives `[]`.
 */
export async function extractAnswer(
  question: string,
  evidence: EvidenceSentences,
  embedder: Pick<Embedder, "embed" | "dimensions">,
  call: Call,
  settings: ExtractSettings = {},
): Promise<readonly ExtractedSentence[]> {
  const terms = new Set(termsOf(question));
  const byWords = evidence.pieces
    .flatMap((piece, index) =>
      piece.sentences.map((sentence) => ({
        piece,
        index,
        sentence,
        words: coverage(evidence, piece, [sentence], terms),
      })),
    )
    .filter(({ sentence }) => sentence.terms.size > 0)
    .sort((a, b) => b.piece.evidence.score + b.words - (a.piece.evidence.score + a.words))
    .slice(0, embeddedSentencesMax);
  // No sentence has a word of the question: whatever is nearest would be quoted, and it would not be an answer.
  if (terms.size > 0 && byWords.every(({ words }) => words === 0)) return [];
  const similarities = await similaritiesTo(question, byWords, embedder, call);
  const scored = byWords
    .map((candidate, place) => {
      const meaning = similarities?.[place] ?? candidate.words;
      const own = 0.5 * candidate.words + 0.5 * meaning;
      const score = 0.5 * candidate.piece.evidence.score + 0.5 * own;
      return { ...candidate, score: score * likelihood(candidate) };
    })
    .sort((a, b) => b.score - a.score || a.index - b.index || a.sentence.start - b.sentence.start);

  const taken: typeof scored = [];
  for (const candidate of scored) {
    if (taken.length === (settings.sentencesMax ?? 4)) break;
    if (candidate.score < scoreShareMin * (scored[0]?.score ?? 0)) break;
    if (taken.every(({ sentence }) => overlap(sentence, candidate.sentence) <= overlapMax)) taken.push(candidate);
  }
  return taken
    .sort((a, b) => a.index - b.index || a.sentence.start - b.sentence.start)
    .map(({ piece, index, sentence }) => {
      const { start, end } = withoutRowEnds(sentence);
      const citation = citeSpan(piece, index + 1, start, end);
      const words = piece.evidence.text.slice(start, end);
      return { text: `${withoutPromptSigns(words).replace(/\s+/g, " ")} [${citation.marker}]`, citation };
    });
}

interface Candidate {
  readonly piece: ReadEvidence;
  readonly sentence: EvidenceSentence;
  readonly words: number;
}

/** What a sentence's score is multiplied with for what it looks like. The factors are chosen arbitrarily. */
function likelihood(candidate: Candidate): number {
  const { text } = candidate.sentence;
  if (isCode(text)) return 0.25;
  if (isUnlikely(candidate)) return 0.5;
  return text.startsWith("|") ? 0.85 : 1;
}

/** Commands, JSON and the like: less than two thirds of it are letters and spaces, or it begins as no sentence does. */
function isCode(text: string): boolean {
  if (/^(?:[-$>{}[\]<`]|(?:curl|npm|npx|git|sudo|import|const|export)\b)/.test(text)) return true;
  const words = text.replace(/[^\p{L}\p{M}\s]/gu, "").length;
  return words < (2 / 3) * text.length;
}

/** A table's row is quoted without the bars around it. */
function withoutRowEnds({ text, start, end }: EvidenceSentence): { readonly start: number; readonly end: number } {
  const lead = /^\|\s*/.exec(text)?.[0].length ?? 0;
  const tail = lead === 0 ? 0 : (/\s*\|$/.exec(text)?.[0].length ?? 0);
  return start + lead < end - tail ? { start: start + lead, end: end - tail } : { start, end };
}

function isUnlikely({ piece, sentence }: Candidate): boolean {
  if (/[?:]$/.test(sentence.text) || sentence.text.startsWith("#") || sentence.terms.size < 3) return true;
  return [piece.evidence.title, ...piece.evidence.headings].includes(sentence.text);
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
    const texts = [question, ...candidates.map(({ sentence }) => sentence.text)];
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
