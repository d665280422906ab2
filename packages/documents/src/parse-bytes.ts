import type { ParsedDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { refuseLongText } from "./block-writer.ts";
import { decodeText } from "./decode-text.ts";
import { parseHtml } from "./html/parse-html.ts";
import { readMarkdownStructure } from "./markdown/parse-markdown.ts";
import { hasVisibleCharacter, normaliseText } from "./normalise-text.ts";
import type { ParseLimits } from "./parse-limits.ts";
import { paragraphBlocks } from "./parse-text.ts";
import { parsePdf } from "./pdf/parse-pdf.ts";
import { sniffBytes } from "./sniff-bytes.ts";
import { isNamedText, sniffText } from "./sniff-text.ts";

/**
 * Bytes to text with positions. The type is found from the content; the name only tells text formats apart.
 *
 * @throws {@link LarderError} `DOCUMENT_EMPTY`, `DOCUMENT_UNSUPPORTED` with `mediaType`, `DOCUMENT_MALFORMED`,
 * `DOCUMENT_ENCRYPTED`, `DOCUMENT_NO_TEXT`, `DOCUMENT_TOO_LARGE`
 */
export async function parseBytes(
  bytes: Uint8Array,
  fileName: string | undefined,
  limits: ParseLimits,
): Promise<ParsedDocument> {
  if (bytes.length === 0) throw new LarderError("DOCUMENT_EMPTY");
  const sniffed = await sniffBytes(bytes, isNamedText(fileName));
  if (sniffed.kind === "other") {
    throw new LarderError("DOCUMENT_UNSUPPORTED", { details: { mediaType: sniffed.mediaType } });
  }
  const parsed = sniffed.kind === "pdf" ? await parsePdf(bytes, limits) : parseText(bytes, fileName, limits);
  if (!hasVisibleCharacter(parsed.text)) {
    throw new LarderError("DOCUMENT_NO_TEXT", { details: { mediaType: parsed.mediaType } });
  }
  return parsed;
}

function parseText(bytes: Uint8Array, fileName: string | undefined, limits: ParseLimits): ParsedDocument {
  const decoded = decodeText(bytes);
  const { text, replaced } = normaliseText(decoded.text);
  const sniffed = sniffText(text, fileName);
  const { mediaType } = sniffed;
  if (sniffed.kind === "unsupported") throw new LarderError("DOCUMENT_UNSUPPORTED", { details: { mediaType } });
  if (sniffed.mediaType === "text/html") return withWarnings(parseHtml(text, limits), decoded.warnings);
  refuseLongText(text.length, limits.textCharactersMax);
  const message = `${replaced} characters that no text may hold were replaced`;
  const warnings = [...decoded.warnings, ...(replaced === 0 ? [] : [{ code: "characters_replaced", message }])];
  if (sniffed.mediaType === "text/markdown") {
    return withWarnings({ text, mediaType, pages: [], ...readMarkdownStructure(text) }, warnings);
  }
  return { text, mediaType, blocks: paragraphBlocks(text, 0, text.length), pages: [], warnings };
}

function withWarnings(parsed: ParsedDocument, warnings: ParsedDocument["warnings"]): ParsedDocument {
  return { ...parsed, warnings: [...warnings, ...parsed.warnings] };
}
