import type { ParsedDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ParseLimits, ReadContext } from "@larder/text-blocks";
import { hasVisibleCharacter, normaliseText } from "@larder/text-blocks";
import { decodeText } from "./decode-text.ts";
import { binaryReaders, textReaders } from "./format-readers.ts";
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
  const context: ReadContext = { limits, ...(fileName === undefined ? {} : { fileName }) };
  const sniffed = await sniffBytes(bytes, isNamedText(fileName), limits);
  const parsed =
    sniffed.kind === "text" ? await readText(bytes, context) : await readBinary(bytes, sniffed.mediaType, context);
  if (!hasVisibleCharacter(parsed.text)) {
    throw new LarderError("DOCUMENT_NO_TEXT", { details: { mediaType: parsed.mediaType } });
  }
  return parsed;
}

/** One reader serves several types, such as documents with and without macros: the type is the one that was found. */
async function readBinary(bytes: Uint8Array, mediaType: string, context: ReadContext): Promise<ParsedDocument> {
  const read = await readerOf(binaryReaders, mediaType);
  return { ...(await read(bytes, context)), mediaType };
}

async function readText(bytes: Uint8Array, context: ReadContext): Promise<ParsedDocument> {
  const decoded = decodeText(bytes);
  if (decoded.encoding !== "utf-8" && isJunk(decoded.text)) throw unsupported("application/octet-stream");
  const { text, replaced } = normaliseText(decoded.text);
  const read = await readerOf(textReaders, sniffText(text, context.fileName));
  const parsed = await read(text, context);
  const message = `${replaced} characters that no text may hold were replaced`;
  const warnings = [...decoded.warnings, ...(replaced === 0 ? [] : [{ code: "characters_replaced", message }])];
  return { ...parsed, warnings: [...warnings, ...parsed.warnings] };
}

/** @throws {@link LarderError} `DOCUMENT_UNSUPPORTED` */
function readerOf<Reader>(readers: ReadonlyMap<string, () => Promise<Reader>>, mediaType: string): Promise<Reader> {
  const load = readers.get(mediaType);
  if (load === undefined) throw unsupported(mediaType);
  return load();
}

function unsupported(mediaType: string): LarderError {
  return new LarderError("DOCUMENT_UNSUPPORTED", { details: { mediaType } });
}

/** Share of a decoded text's characters that no text has. Compressed data read as a one-byte encoding has a sixth. */
const junkShareMax = 0.05;

/** Bytes in no encoding: what letter statistics guessed for them leaves control characters and holes. */
function isJunk(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const junk = text.match(/[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd]/g)?.length ?? 0;
  return junk > junkShareMax * text.length;
}
