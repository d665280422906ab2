import type { ParsedDocument } from "@larder/contracts";
import type { BlockWriter } from "@larder/text-blocks";
import { isWhiteSpace } from "@larder/text-blocks";

/**
 * Writes the blocks of a document that was read by itself, their headings below `headings`, parted as they were.
 *
 * @throws {@link LarderError} `DOCUMENT_TOO_LARGE`
 */
export function writeNested(writer: BlockWriter, { text, blocks }: ParsedDocument, headings: readonly string[]): void {
  let reached = 0;
  let previous: readonly string[] | undefined;
  let path = headings;
  for (const block of blocks) {
    if (block.headings !== previous) path = [...headings, ...block.headings]; // blocks of one section share their path
    previous = block.headings;
    const gap = text.slice(reached, block.start);
    const separator = reached > 0 && isBlank(gap) && gap.includes("\n") ? gap : "\n\n";
    writer.write(block.kind, text.slice(block.start, block.end), path, separator, block.columns);
    reached = block.end;
  }
}

function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (!isWhiteSpace(text.charCodeAt(at))) return false;
  return true;
}
