import { isUtf8 } from "node:buffer";
import type { ParseLimits } from "@larder/text-blocks";
import { fileTypeFromBuffer } from "file-type";
import { byteOrderMarkEncoding, unmarkedUtf16Encoding } from "./decode-text.ts";
import { sniffCompoundFile } from "./sniff-compound-file.ts";
import { sniffZip } from "./sniff-zip.ts";

/** What the bytes are, before any text is decoded. */
export type SniffedBytes = { readonly kind: "text" } | { readonly kind: "binary"; readonly mediaType: string };

const pdf: SniffedBytes = { kind: "binary", mediaType: "application/pdf" };

const sampleBytes = 64 * 1024;

/** A PDF may carry other bytes before its header, within the first 1,024 (ISO 32000-1, annex H.3.4.1). */
const pdfHeaderWindowBytes = 1024;

/**
 * Tells PDF, text and the rest apart by content alone. Text is judged before magic numbers, because several of those
 * are words (`BM`, `GIF`, `MZ`) that a text may begin with. Containers are told by what they hold.
 *
 * @throws {@link LarderError} as of a container that is damaged, encrypted, hostile or above a limit
 */
export async function sniffBytes(bytes: Uint8Array, isNamedText: boolean, limits: ParseLimits): Promise<SniffedBytes> {
  const container = await sniffContainer(bytes, limits);
  if (container !== undefined) return { kind: "binary", mediaType: container };
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, pdfHeaderWindowBytes));
  const pdfAt = head.indexOf("%PDF-");
  const controls = controlShare(bytes.subarray(0, sampleBytes));
  const hasMark = byteOrderMarkEncoding(bytes) !== undefined || unmarkedUtf16Encoding(bytes) !== undefined;
  if (startsBinary(bytes)) return { kind: "binary", mediaType: (await knownType(bytes)) ?? "application/octet-stream" };
  if (pdfAt >= 0 && (pdfAt <= 3 || head.subarray(0, pdfAt).toString("latin1").trim() === "")) return pdf;
  if (controls <= textControlShareMax && !hasMark) return pdfAt > 0 && !isUtf8(bytes) ? pdf : { kind: "text" };
  if (hasMark) return { kind: "text" };
  const known = await knownType(bytes);
  if (pdfAt > 0) return pdf;
  if (known !== undefined) return { kind: "binary", mediaType: known };
  const isDirtyText = isUtf8(bytes) && controls <= (isNamedText ? namedTextControlShareMax : utf8ControlShareMax);
  return isDirtyText ? { kind: "text" } : { kind: "binary", mediaType: "application/octet-stream" };
}

/** Text has next to no control characters; compressed data has 10 %. */
const textControlShareMax = 0.001;
/** Valid UTF-8 with some NUL or escape characters is a damaged text rather than something else. */
const utf8ControlShareMax = 0.3;
/** What is called a text may hold more of them, but not as good as nothing else. */
const namedTextControlShareMax = 0.7;

/**
 * First bytes of formats that no text begins with: each holds a control character or a byte that is not ASCII. Judged
 * before all else, since a short or cut file has too few bytes to tell by their shares.
 */
const binaryBeginnings = [
  "89504e47", // PNG
  "ffd8ff", // JPEG
  "504b0304", // ZIP and what is made of it
  "1f8b08", // gzip
  "fd377a58", // xz
  "28b52ffd", // zstd
  "377abcaf", // 7z
  "7f454c46", // ELF
  "cafebabe", // Java class, Mach-O
  "cffaedfe", // Mach-O
  "d0cf11e0", // old Office files
  "0061736d", // WebAssembly
  "53514c69746520666f726d6174203300", // SQLite
];

async function sniffContainer(bytes: Uint8Array, limits: ParseLimits): Promise<string | undefined> {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 8)).toString("hex");
  if (start.startsWith("504b0304") || start.startsWith("504b0506")) return await sniffZip(bytes, limits);
  return start === "d0cf11e0a1b11ae1" ? sniffCompoundFile(bytes) : undefined;
}

function startsBinary(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString("hex");
  return binaryBeginnings.some((beginning) => head.startsWith(beginning));
}

function controlShare(bytes: Uint8Array): number {
  let controls = 0;
  for (const byte of bytes) {
    const isSpace = byte >= 0x09 && byte <= 0x0d;
    if ((byte < 0x20 && !isSpace && byte !== 0x1b) || byte === 0x7f) controls += 1;
  }
  return bytes.length === 0 ? 0 : controls / bytes.length;
}

async function knownType(bytes: Uint8Array): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(bytes))?.mime;
  } catch {
    return undefined; // damaged containers make the detector give up, which tells no more than an unknown type
  }
}
