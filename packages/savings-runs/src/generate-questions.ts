import { sentenceSpans } from "@larder/sentences";
import { seededRandom } from "@larder/statistics";
import type { QuestionSet, RunQuestion } from "./question-set.ts";

/** A passage as it is stored; offsets count in its document's text. */
export interface QuestionSource {
  readonly documentId: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly start: number;
  readonly text: string;
}

const gap = "____";
const sentenceCharactersMin = 50; // shorter ones do not say enough to be asked about
const sentenceCharactersMax = 400;

/**
 * Questions made from documents by rule, without a model: a sentence with a number or a name left out, or what a section
 * says under its heading. Its gold is the sentence, or the section, which is asked about only where it is one passage: of
 * several, each would be right and one alone counted. One question a passage at most, documents in turn, so that few long documents do not ask all of it. The same passages and seed give the same questions; fewer than
 * `count` when the documents have no more. They share words with their source, as real questions do not: every report
 * calls them synthetic.
 */
export function generateQuestions(
  name: string,
  passages: readonly QuestionSource[],
  count: number,
  seed: number,
): QuestionSet {
  const random = seededRandom(seed);
  const byDocument = new Map<string, QuestionSource[]>();
  for (const passage of passages) {
    const held = byDocument.get(passage.documentId);
    if (held === undefined) byDocument.set(passage.documentId, [passage]);
    else held.push(passage);
  }
  const passagesBelow = countByPath(passages);
  const isWholeSection = (passage: QuestionSource) => passagesBelow.get(pathOf(passage, passage.headings.length)) === 1;
  const queues = [...byDocument.values()].map((some) => shuffled(some, random));
  const questions: RunQuestion[] = [];
  for (let left = queues.filter(isFilled); questions.length < count && left.length > 0; left = left.filter(isFilled)) {
    for (const queue of left) {
      const passage = queue.pop();
      if (passage === undefined) continue;
      const about = isWholeSection(passage) ? headingQuestion(passage) : undefined;
      const made = questionOf(passage, about, questions.length, random);
      if (made !== undefined && questions.length < count) questions.push(made);
    }
  }
  return { name, isSynthetic: true, questions };
}

function isFilled(queue: readonly QuestionSource[]): boolean {
  return queue.length > 0;
}

/** How many passages each heading has below it, those of its subsections with it. */
function countByPath(passages: readonly QuestionSource[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const passage of passages) {
    for (let depth = 1; depth <= passage.headings.length; depth += 1) {
      const path = pathOf(passage, depth);
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
  }
  return counts;
}

function pathOf({ documentId, headings }: QuestionSource, depth: number): string {
  return JSON.stringify([documentId, ...headings.slice(0, depth)]);
}

/** Every third one asks about a heading, where it can be asked about. */
function questionOf(
  passage: QuestionSource,
  about: Made | undefined,
  index: number,
  random: () => number,
): RunQuestion | undefined {
  const heading = index % 3 === 2 ? about : undefined;
  const made = heading ?? gapQuestion(passage, random) ?? about;
  return made === undefined ? undefined : { ...made, id: `s${index + 1}`, cluster: passage.documentId };
}

type Made = Omit<RunQuestion, "id" | "cluster">;

/** Names of a table's columns, which stand as a heading above the rows that were cut from it. */
const columnNames = / \| /;

function headingQuestion({ documentId, title, headings, start, text }: QuestionSource): Made | undefined {
  const heading = headings.at(-1);
  if (
    heading === undefined ||
    heading === title ||
    columnNames.test(heading) ||
    text.trim().length < sentenceCharactersMin
  )
    return undefined;
  return {
    text: `What does "${title}" say about "${heading}"?`,
    answers: [],
    gold: [{ documentId, start, end: start + text.length }],
  };
}

function gapQuestion({ documentId, start, text }: QuestionSource, random: () => number): Made | undefined {
  const sentences = sentenceSpans(text).filter(({ start: from, end }) => {
    const length = end - from;
    return length >= sentenceCharactersMin && length <= sentenceCharactersMax && !text.slice(from, end).includes("|");
  });
  const first = Math.floor(random() * sentences.length);
  for (let i = 0; i < sentences.length; i += 1) {
    const span = sentences[(first + i) % sentences.length];
    if (span === undefined) continue;
    const sentence = text.slice(span.start, span.end);
    const hidden = hideableWord(sentence);
    if (hidden === undefined) continue;
    const shown = sentence.replaceAll(hidden, gap).replace(/\s+/g, " ").trim();
    return {
      text: `What belongs in the gap? ${shown}`,
      answers: [hidden],
      gold: [{ documentId, start: start + span.start, end: start + span.end }],
    };
  }
  return undefined;
}

/** A number, a word in code signs, or a name that does not begin the sentence. */
function hideableWord(sentence: string): string | undefined {
  const number = /(?<![\w.,-])\d[\d.,]*\d(?![\w-])|(?<![\w.,-])\d(?![\w.,-])/.exec(sentence)?.[0];
  if (number !== undefined) return number;
  const code = /`([\w.-]{3,40})`/.exec(sentence)?.[1];
  if (code !== undefined) return code;
  return /(?<=[a-z,;] )\p{Lu}[\p{L}\d]{3,}/u.exec(sentence)?.[0];
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
