import type { DataSet, LabelledDocument } from "@larder/evaluation";
import { sentenceSpans } from "@larder/sentences";
import type { Corruption, Wording } from "./alter-statement.ts";
import { changeName, changeNegation, changeNumber, namesIn, restate, shorten } from "./alter-statement.ts";
import type { Random } from "./random.ts";
import { pick, seeded } from "./random.ts";

/** A statement beside evidence, and whether the one follows from the other by the way it was made. */
export interface Example {
  readonly questionIndex: number;
  readonly question: string;
  readonly statement: string;
  readonly kind: Wording | Corruption;
  readonly isSupported: boolean;
  /** Pieces of text, the one with the gold among them. */
  readonly evidence: readonly string[];
  readonly title: string;
}

/** Characters on each side of the gold in a long document: about what a passage has. */
const around = 500;

/**
 * Supported: the gold's sentence as it stands, shortened, joined with its neighbour, and question and answer turned
 * into a statement. Unsupported: the same with another number, name, or polarity, the statement with another question's
 * answer, and a sentence of a passage of the same document or subject that is not among the evidence.
 */
export function makeExamples(set: DataSet, seed: number): readonly Example[] {
  const random = seeded(seed);
  const documents = new Map(set.documents.map((document, index) => [document.id, { document, index }]));
  return set.queries.flatMap((query, questionIndex) => {
    const gold = set.gold.get(query.id)?.[0];
    const found = gold === undefined ? undefined : documents.get(gold.documentId);
    if (gold === undefined || found === undefined) return [];
    const { document, index } = found;
    const passage = passageAround(document, gold.start, gold.end);
    const spans = sentenceSpans(passage.text);
    const at = spans.findIndex(
      ({ start, end }) => start <= gold.start - passage.start && gold.start - passage.start < end,
    );
    const span = spans[at];
    if (span === undefined) return [];
    const sentence = passage.text.slice(span.start, span.end).trim();
    if (sentence.length < 30 || sentence.length > 500) return [];
    const answer = document.text.slice(gold.start, gold.end);
    const neighbours = [index - 2, index - 1, index + 1, index + 2].flatMap((place) => set.documents[place] ?? []);
    const apart = neighbours.pop();
    const filler = set.kind === "spans" ? stretchesOf(document, passage) : neighbours.map(({ text }) => text);
    const outside = set.kind === "spans" ? filler.splice(0, 1)[0] : apart?.text;
    const evidence = [...filler.slice(0, 4), passage.text].sort(() => random() - 0.5);
    const make = (kind: Example["kind"], statement: string | undefined, isSupported: boolean): Example[] =>
      statement === undefined
        ? []
        : [{ questionIndex, question: query.text, statement, kind, isSupported, evidence, title: document.title }];
    const next = spans[at + 1];
    const joined =
      next === undefined
        ? undefined
        : `${sentence.replace(/[.!]$/, "")}, and ${lower(passage.text.slice(next.start, next.end))}`;
    const other = otherAnswer(set, query.id, gold.documentId, answer, document.text, random);
    return [
      ...make("verbatim", sentence, true),
      ...make("shortened", shorten(sentence), true),
      ...make("joined", joined, true),
      ...make("restated", answer.length < 150 ? restate(query.text, answer) : undefined, true),
      ...make("number", changeNumber(sentence, random), false),
      ...make("name", changeName(sentence, [...namesIn(evidence.join(" ")), ...namesIn(outside ?? "")], random), false),
      ...make("negation", changeNegation(sentence), false),
      ...make("other_passage", sentenceOf(outside, evidence, random), false),
      ...make(
        "other_answer",
        other === undefined || answer.length >= 150 ? undefined : restate(query.text, other),
        false,
      ),
    ];
  });
}

const lower = (text: string) =>
  text.trim().replace(/^(?:The|This|These|It|They|In|A|An)\b/, (word) => word.toLowerCase());

function passageAround({ text }: LabelledDocument, start: number, end: number) {
  if (text.length < 4 * around) return { text, start: 0 };
  const from = Math.max(0, text.lastIndexOf(". ", start - around) + 1);
  const to = text.indexOf(". ", end + around);
  return { text: text.slice(from, to < 0 ? text.length : to + 1), start: from };
}

/** Other stretches of the same document, from its beginning, that do not touch the passage. */
function stretchesOf({ text }: LabelledDocument, passage: { readonly text: string; readonly start: number }): string[] {
  const size = 2 * around;
  const stretches: string[] = [];
  for (let from = 0; from + size < text.length; from += size) {
    const touches = from < passage.start + passage.text.length && from + size > passage.start;
    if (!touches) stretches.push(text.slice(from, from + size));
  }
  return stretches.slice(0, 6);
}

function sentenceOf(text: string | undefined, evidence: readonly string[], random: Random): string | undefined {
  if (text === undefined) return undefined;
  const sentences = sentenceSpans(text)
    .map(({ start, end }) => text.slice(start, end).trim())
    .filter(
      (sentence) =>
        sentence.length >= 40 && sentence.length <= 400 && !evidence.some((piece) => piece.includes(sentence)),
    );
  return pick(sentences, random);
}

/** What answers another question of the same document, and a number where this answer is one. */
function otherAnswer(set: DataSet, queryId: string, documentId: string, answer: string, text: string, random: Random) {
  const isNumber = /\d/.test(answer);
  const others: string[] = [];
  for (const [id, ranges] of set.gold) {
    const [range] = ranges;
    if (id === queryId || range?.documentId !== documentId) continue;
    const other = text.slice(range.start, range.end);
    const isApart = !other.includes(answer) && !answer.includes(other);
    if (isApart && other.length < 100 && /\d/.test(other) === isNumber) others.push(other);
  }
  return pick(others, random);
}
