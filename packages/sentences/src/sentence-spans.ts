const sentences = new Intl.Segmenter(undefined, { granularity: "sentence" });

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Longest sentence; what has no sentence ends (tables, code) is divided at white space. Chosen arbitrarily. */
const sentenceCharactersMax = 600;

/**
 * Sentences of a text in order, without the white space around them; together they hold every other character once.
 * A single line end before a small letter is taken for a wrapped line and ends nothing.
 */
export function sentenceSpans(text: string): Span[] {
  const spans: { start: number; end: number }[] = [];
  for (const { index, segment } of sentences.segment(text)) {
    const start = index + segment.length - segment.trimStart().length;
    const end = index + segment.trimEnd().length;
    if (end <= start) continue;
    const last = spans.at(-1);
    if (last !== undefined && isWrapped(text, last.end, start)) last.end = end;
    else spans.push({ start, end });
  }
  return spans.flatMap((span) => divide(text, span));
}

function isWrapped(text: string, end: number, start: number): boolean {
  return (
    /^[ \t]*\n[ \t]*$/.test(text.slice(end, start)) &&
    /\p{Ll}/u.test(text.charAt(start)) &&
    !/[.!?:;]/.test(text.charAt(end - 1))
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
