import type { ParsedDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import { BlockWriter, toHeadingTitle } from "@larder/text-blocks";
import { RtfReader } from "./rtf-reader.ts";
import { readTokens } from "./rtf-tokens.ts";

/**
 * Rich Text Format: paragraphs, headings by style or outline level, list items, tables and comments; what is drawn,
 * embedded or hidden is left out, and so are headers and footers. Characters come from the code page of their font or
 * are named by number. One pass over the bytes.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE`
 */
export function readRtf(bytes: Uint8Array, { limits }: ReadContext): ParsedDocument {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  if (!source.startsWith("{\\rtf")) {
    throw new LarderError("DOCUMENT_MALFORMED", { details: { container: "rtf", problem: "header" } });
  }
  const writer = new BlockWriter(limits.textCharactersMax);
  const reader = new RtfReader(writer, limits.textCharactersMax);
  readTokens(source, reader);
  reader.finish();
  const title = toHeadingTitle(reader.title);
  return {
    text: writer.toString(),
    mediaType: "application/rtf",
    ...(title === "" ? {} : { title }),
    blocks: writer.blocks,
    pages: [],
    warnings: [],
  };
}
