import { fencedSpans, isInside } from "./fenced-spans.ts";
import type { Span } from "./span.ts";

/** Rules of one locale: those of the machine would differ between processes that share a database. */
const sentences = new Intl.Segmenter("en", { granularity: "sentence" });

/** Longest sentence; what has no sentence ends (tables, code) is divided at white space. Chosen arbitrarily. */
const sentenceCharactersMax = 600;

/** A line of at least this length that ends without a sentence's end was cut by its width. Chosen arbitrarily. */
const wrappedLineCharactersMin = 60;

/**
 * Sentences of a text in order, without the white space around them; together they hold every other character once.
 *
 * A single line end ends nothing where the line was only wrapped: before a small letter, or after a long line without
 * sentence punctuation, unless a heading, list item, quote or row of a table begins or ends there. Lines of fenced code
 * stay apart. A row of a table is one sentence whatever ends inside its cells: half a row says nothing of what the other
 * half names. A note's mark right behind a sentence (`…for Norwich.[30] In general`) belongs to that sentence, and so do
 * Markdown's closing stars; a list item's number belongs to the item.
 *
 * @param code - Where code stands, when that is known better than by the fences in the text.
 */
export function sentenceSpans(text: string, code: readonly Span[] = fencedSpans(text)): Span[] {
  const spans: { start: number; end: number }[] = [];
  for (const { start, end } of segmentsOf(withNeutralMarks(text))) {
    const last = spans.at(-1);
    const goesOn = last !== undefined && !isInside(code, start) && !isInside(code, last.start);
    if (goesOn && (isWrapped(text, last.end, start) || isItemNumber(text, last, start))) last.end = end;
    else spans.push({ start, end });
  }
  return spans.flatMap((span) => divide(text, span));
}

/** Longer lines are cut before they are segmented, at white space. Chosen arbitrarily. */
const lineCharactersMax = 4_096;

/**
 * ICU's sentences without the white space around them. They end at every line end, so each line is segmented by itself:
 * the segmenter takes time in proportion to its whole text for each sentence.
 */
function* segmentsOf(text: string): Generator<Span> {
  for (let lineStart = 0; lineStart < text.length; ) {
    const lineBreak = text.indexOf("\n", lineStart);
    const lineEnd = lineBreak < 0 ? text.length : lineBreak + 1;
    const partEnd = lineEnd - lineStart <= lineCharactersMax ? lineEnd : cutBefore(text, lineStart + lineCharactersMax);
    const part = text.slice(lineStart, partEnd);
    for (const { index, segment } of isRow(part) ? [{ index: 0, segment: part }] : sentences.segment(part)) {
      const start = lineStart + index + segment.length - segment.trimStart().length;
      const end = lineStart + index + segment.trimEnd().length;
      if (end > start) yield { start, end };
    }
    lineStart = partEnd;
  }
}

/** Of a Markdown table, which is what tables of all formats become. */
function isRow(line: string): boolean {
  const row = line.trim();
  return row.length > 1 && row.startsWith("|") && row.endsWith("|");
}

/** The last white space before an offset, within a sentence's greatest length; else the offset, between characters. */
function cutBefore(text: string, offset: number): number {
  const from = offset - sentenceCharactersMax;
  const space = text.slice(from, offset).search(/\s\S*$/);
  if (space >= 0) return from + space + 1;
  return /[\uD800-\uDBFF]$/.test(text.slice(offset - 1, offset)) ? offset - 1 : offset;
}

/**
 * As long as the text, with note marks and Markdown's stars and backticks as closing brackets: the segmenter keeps those
 * with the sentence before, and would begin a sentence with what they really are.
 */
function withNeutralMarks(text: string): string {
  return text
    .replace(noteMarks, (whole, end: string) => end + ")".repeat(whole.length - end.length))
    .replace(/\*+|__|`/g, (signs) => ")".repeat(signs.length));
}

/** `.[30]`, `.[a][b]`, `."[12]`, `. [4]`, `.(3)`: behind a sentence's end and before a space or the text's end. */
const noteMarks =
  /([.!?…。！？]["'”’»)]{0,3})(?: ?\[(?:\d{1,3}|[a-z]|note \d{1,3}|citation needed)\]|\(\d{1,3}\)){1,8}(?=\s|$|\p{L})/gu;

function isWrapped(text: string, end: number, start: number): boolean {
  if (!/^[ \t]*\n[ \t]*$/.test(text.slice(end, start))) return false;
  if (/[.!?:;…。！？]["'”’»)\]*_`]{0,4}$/.test(text.slice(Math.max(0, end - 6), end))) return false;
  if (/\p{Ll}/u.test(text.charAt(start))) return true;
  const line = text.slice(text.lastIndexOf("\n", end - 1) + 1, end);
  const next = text.slice(start, start + 12);
  return line.length >= wrappedLineCharactersMin && !/^\s*(?:#|\|)/.test(line) && !beginsBlock.test(next);
}

/** Heading, list item, quote, row of a table, fence, rule. */
const beginsBlock = /^(?:#{1,6}\s|[-*+•–]\s|\d{1,3}[.)]\s|>|\||`{3}|~{3}|[-=*_]{3})/;

/** `1.` in front of its item, on the same line. */
function isItemNumber(text: string, { start, end }: Span, next: number): boolean {
  const isAtLineStart = /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, start - 40), start));
  return (
    isAtLineStart && /^(?:\d{1,3}|[A-Za-z])[.)]$/.test(text.slice(start, end)) && !text.slice(end, next).includes("\n")
  );
}

function divide(text: string, span: Span): Span[] {
  const parts: Span[] = [];
  let { start } = span;
  while (span.end - start > sentenceCharactersMax) {
    const window = text.slice(start, start + sentenceCharactersMax);
    const border = window.search(/\s\S*$/);
    const end = start + (border > 0 ? window.slice(0, border).trimEnd().length : wholeCharacters(window));
    parts.push({ start, end });
    start = end + (text.slice(end, span.end).length - text.slice(end, span.end).trimStart().length);
  }
  parts.push({ start, end: span.end });
  return parts;
}

/** Length of the window without a surrogate pair's first half at its end. */
function wholeCharacters(window: string): number {
  return /[\uD800-\uDBFF]$/.test(window) ? window.length - 1 : window.length;
}
