import type { ParsedDocument } from "@larder/contracts";
import type { FormatReader } from "@larder/text-blocks";
import { refuseLongText } from "@larder/text-blocks";
import { languageRules } from "./code-languages.ts";
import { sourceCodeBlocks } from "./source-code-blocks.ts";

/**
 * Reads programs as they stand, cut at their symbols; those of an unknown language as one block.
 *
 * @throws {@link LarderError} `DOCUMENT_TOO_LARGE`
 */
export function sourceCodeReader(mediaType: string): FormatReader<string> {
  const rules = languageRules.get(mediaType) ?? { symbols: [], attached: /^$/u };
  return (text, { limits }): ParsedDocument => {
    refuseLongText(text.length, limits.textCharactersMax);
    return { text, mediaType, blocks: sourceCodeBlocks(text, rules), pages: [], warnings: [] };
  };
}
