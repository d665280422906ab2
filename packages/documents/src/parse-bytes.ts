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
  if (decoded.encoding !== "utf-8" && isJunk(decoded.text)) {
    throw new LarderError("DOCUMENT_UNSUPPORTED", { details: { mediaType: "application/octet-stream" } });
  }
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

/** Share of a decoded text's characters that no text has. Compressed data read as a one-byte encoding has a sixth. */
const junkShareMax = 0.05;

/** Bytes in no encoding: what letter statistics guessed for them leaves control characters and holes. */
function isJunk(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const junk = text.match(/[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd]/g)?.length ?? 0;
  return junk > junkShareMax * text.length;
}

function withWarnings(parsed: ParsedDocument, warnings: ParsedDocument["warnings"]): ParsedDocument {
  return { ...parsed, warnings: [...warnings, ...parsed.warnings] };
}
