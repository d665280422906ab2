import type { ParsedDocument } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import { paragraphBlocks, refuseLongText } from "@larder/text-blocks";

/** Paragraphs of a text that is nothing else. @throws {@link LarderError} `DOCUMENT_TOO_LARGE` */
export function readPlainText(text: string, { limits }: ReadContext): ParsedDocument {
  refuseLongText(text.length, limits.textCharactersMax);
  return { text, mediaType: "text/plain", blocks: paragraphBlocks(text, 0, text.length), pages: [], warnings: [] };
}
