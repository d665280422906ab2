import type { ParsedDocument, TextBlock } from "@larder/contracts";
import { skipWhiteSpace, trimWhiteSpaceEnd } from "@larder/text-blocks";

/**
 * A document's blocks without white space at their edges; text that none of them holds becomes a paragraph under the
 * headings before it. Parsers leave none, but no word may be lost through one that does.
 */
export function* coveringBlocks({ text, blocks }: ParsedDocument): Generator<TextBlock> {
  let reached = 0;
  let headings: readonly string[] = [];
  for (const block of blocks) {
    yield* trimmed(text, { kind: "paragraph", start: reached, end: block.start, headings });
    yield* trimmed(text, { ...block, start: Math.max(reached, block.start) });
    reached = Math.max(reached, block.end);
    headings = block.headings;
  }
  yield* trimmed(text, { kind: "paragraph", start: reached, end: text.length, headings });
}

function* trimmed(text: string, block: TextBlock): Generator<TextBlock> {
  const start = skipWhiteSpace(text, block.start, block.end);
  const end = trimWhiteSpaceEnd(text, start, block.end);
  if (start < end) yield { ...block, start, end };
}
