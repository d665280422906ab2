import type { Span } from "./span.ts";

interface Fence extends Span {
  /** A language behind it: such a fence can only open. */
  readonly isOpening: boolean;
}

/**
 * Stretches of a text between Markdown's code fences, the fences included, in order.
 *
 * Evidence is cut out of its document, so that it may begin inside of code. What a fence does follows from one with a
 * language, which opens; without any, the text begins outside when that puts fewer lines that look like code there.
 */
export function fencedSpans(text: string): Span[] {
  const fences = fencesOf(text);
  if (fences.length === 0) return [];
  const opening = fences.findIndex(({ isOpening }) => isOpening);
  if (opening >= 0) return spansOf(text, fences, opening % 2 === 1);
  const outside = spansOf(text, fences, false);
  const inside = spansOf(text, fences, true);
  return codeLinesOutside(text, inside) < codeLinesOutside(text, outside) ? inside : outside;
}

export function isInside(spans: readonly Span[], offset: number): boolean {
  return spans.some(({ start, end }) => offset >= start && offset < end);
}

/** The look-aheads let a fence have all of its signs or none: without them a line of tildes takes cubic time. */
const fenceLine = /^[ \t]{0,3}(?:`{3,}(?!`)|~{3,}(?!~))([^\n`]*)$/gm;

function fencesOf(text: string): Fence[] {
  return [...text.matchAll(fenceLine)].map(({ 0: line, 1: behind = "", index }) => ({
    start: index,
    end: index + line.length,
    isOpening: /^[ \t]*\S/.test(behind),
  }));
}

function spansOf(text: string, fences: readonly Fence[], beginsInside: boolean): Span[] {
  const spans: Span[] = [];
  let start = beginsInside ? 0 : undefined;
  for (const fence of fences) {
    if (start === undefined) start = fence.start;
    else {
      spans.push({ start, end: fence.end });
      start = undefined;
    }
  }
  if (start !== undefined) spans.push({ start, end: text.length });
  return spans;
}

function codeLinesOutside(text: string, spans: readonly Span[]): number {
  let count = 0;
  for (const { 0: line, index } of text.matchAll(/^.*\S.*$/gm)) {
    if (!isInside(spans, index) && /[┌│└├]|[{};]\s*$|^\s*[$>] |^\s*[\w.-]+[ \t]*[=(]/u.test(line)) count += 1;
  }
  return count;
}
