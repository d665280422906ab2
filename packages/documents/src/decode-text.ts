import { isUtf8 } from "node:buffer";
import type { ParseWarning } from "@larder/contracts";
import { analyse } from "chardet";
import iconv from "iconv-lite";
import { unmarkedUtf16Encoding } from "./unmarked-utf16.ts";

export interface DecodedText {
  readonly text: string;
  /** Lower case, such as `utf-8` or `windows-1252`. */
  readonly encoding: string;
  readonly warnings: readonly ParseWarning[];
}

/** Longest first: UTF-32's mark starts with UTF-16's. */
const byteOrderMarks = [
  { encoding: "utf-32le", mark: [0xff, 0xfe, 0x00, 0x00] },
  { encoding: "utf-32be", mark: [0x00, 0x00, 0xfe, 0xff] },
  { encoding: "utf-8", mark: [0xef, 0xbb, 0xbf] },
  { encoding: "utf-16le", mark: [0xff, 0xfe] },
  { encoding: "utf-16be", mark: [0xfe, 0xff] },
] as const;

export function byteOrderMarkEncoding(bytes: Uint8Array): string | undefined {
  return byteOrderMarks.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte))?.encoding;
}

/** What a web page says of itself in its first 1,024 bytes, as browsers look for it. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString("latin1");
  const found =
    /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,40})/iu.exec(
      head,
    );
  const name = (found?.[1] ?? found?.[2])?.toLowerCase();
  if (name === undefined || name.startsWith("utf") || !iconv.encodingExists(name)) return undefined;
  return name === "iso-8859-1" || name === "us-ascii" || name === "ascii" ? "windows-1252" : name;
}

/** Below this the guess is noise, and Western European text is the likeliest. From trials with short samples. */
const guessConfidenceMin = 20;
const guessSampleBytes = 64 * 1024;

function guessedEncoding(bytes: Uint8Array): string {
  const firstHigh = bytes.findIndex((byte) => byte >= 0x80);
  const start = Math.max(0, firstHigh - 1024);
  const guesses = analyse(bytes.subarray(start, start + guessSampleBytes));
  const guess = guesses.find(({ name }) => !/^(?:utf|iso-2022|ascii)/iu.test(name) && iconv.encodingExists(name));
  if (guess === undefined || guess.confidence < guessConfidenceMin) return "windows-1252";
  const name = guess.name.toLowerCase();
  return name === "iso-8859-1" ? "windows-1252" : name;
}

/** One damaged place among this many bytes still counts as UTF-8. Chosen arbitrarily. */
const utf8BytesPerDamageMin = 500;

/**
 * Bytes of a text file to a string: by byte order mark, then as UTF-8 where valid or nearly so, then by what a web page
 * declares, then by letter statistics. Never fails; what could not be decoded is U+FFFD with a warning.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const marked = byteOrderMarkEncoding(bytes) ?? unmarkedUtf16Encoding(bytes);
  if (marked !== undefined) return { text: decodeAs(bytes, marked), encoding: marked, warnings: [] };
  if (isUtf8(bytes)) {
    const shifted = shiftedText(bytes);
    return { ...(shifted ?? { text: new TextDecoder("utf-8").decode(bytes), encoding: "utf-8" }), warnings: [] };
  }
  const lenient = new TextDecoder("utf-8").decode(bytes);
  const damages = lenient.match(/\uFFFD+/gu)?.length ?? 0;
  const hasOtherCharacters = /[\u0080-\uFFFC]/u.test(lenient);
  if (hasOtherCharacters && damages * utf8BytesPerDamageMin <= bytes.length) {
    const message = `${damages} places are not valid UTF-8 and were replaced`;
    return { text: lenient, encoding: "utf-8", warnings: [{ code: "characters_replaced", message }] };
  }
  const encoding = declaredEncoding(bytes) ?? guessedEncoding(bytes);
  const message = `the text is not UTF-8 and was read as ${encoding}`;
  return { text: decodeAs(bytes, encoding), encoding, warnings: [{ code: "encoding_guessed", message }] };
}

/** Encodings of seven bits that escape sequences switch to two bytes a character (ISO 2022). */
function shiftedText(bytes: Uint8Array): Pick<DecodedText, "text" | "encoding"> | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.includes("\u001B$B") || view.includes("\u001B$@")) {
    return { text: new TextDecoder("iso-2022-jp").decode(bytes), encoding: "iso-2022-jp" };
  }
  if (view.includes("\u001B$)C")) return { text: decodeShifted(view, "euc-kr"), encoding: "iso-2022-kr" };
  if (view.includes("\u001B$)A")) return { text: decodeShifted(view, "gb2312"), encoding: "iso-2022-cn" };
  return undefined;
}

/** Between SO (0x0E) and SI (0x0F) the bytes are those of an EUC encoding without their upper bit. */
function decodeShifted(bytes: Buffer, encoding: string): string {
  let isShifted = false;
  const plain: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x1b)
      at += 3; // the announcement: ESC $ ) and a letter
    else if (byte === 0x0e || byte === 0x0f) isShifted = byte === 0x0e;
    else plain.push(isShifted && byte > 0x20 ? byte | 0x80 : byte);
  }
  return decodeAs(Uint8Array.from(plain), encoding);
}

function decodeAs(bytes: Uint8Array, encoding: string): string {
  return iconv.decode(bytes, encoding);
}
