import type { TextBlock } from "@larder/contracts";
import { skipWhiteSpace, trimWhiteSpaceEnd } from "./white-space.ts";

/** Paragraphs between `start` and `end`: runs of lines that are not blank. In order, one for each run. Linear. */
export function paragraphBlocks(
  text: string,
  start: number,
  end: number,
  headings: readonly string[] = [],
): readonly TextBlock[] {
  const blocks: TextBlock[] = [];
  let paragraphStart = -1;
  let paragraphEnd = start;
  for (let lineStart = start; lineStart < end; ) {
    const lineBreak = text.indexOf("\n", lineStart);
    const lineEnd = lineBreak < 0 || lineBreak > end ? end : lineBreak;
    const first = skipWhiteSpace(text, lineStart, lineEnd);
    if (first < lineEnd) {
      if (paragraphStart < 0) paragraphStart = first;
      paragraphEnd = trimWhiteSpaceEnd(text, first, lineEnd);
    } else if (paragraphStart >= 0) {
      blocks.push({ kind: "paragraph", start: paragraphStart, end: paragraphEnd, headings });
      paragraphStart = -1;
    }
    lineStart = lineEnd + 1;
  }
  if (paragraphStart >= 0) blocks.push({ kind: "paragraph", start: paragraphStart, end: paragraphEnd, headings });
  return blocks;
}
