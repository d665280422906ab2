import { isUtf8 } from "node:buffer";
import type { ParseWarning } from "@larder/contracts";
import { analyse } from "chardet";
import iconv from "iconv-lite";

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

/** UTF-16 without a mark: Latin letters leave every second byte zero. Looks at the first 4 KiB. */
export function unmarkedUtf16Encoding(bytes: Uint8Array): string | undefined {
  const pairs = Math.min(2048, Math.floor(bytes.length / 2));
  if (pairs < 2) return undefined;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    if (bytes[2 * pair] === 0) evenZeros += 1;
    if (bytes[2 * pair + 1] === 0) oddZeros += 1;
  }
  if (oddZeros > 0.4 * pairs && evenZeros < 0.02 * pairs) return "utf-16le";
  if (evenZeros > 0.4 * pairs && oddZeros < 0.02 * pairs) return "utf-16be";
  return undefined;
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
    const isShiftedJis = includesShift(bytes);
    const encoding = isShiftedJis ? "iso-2022-jp" : "utf-8";
    return { text: new TextDecoder(encoding).decode(bytes), encoding, warnings: [] };
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

/** The escape sequence that switches ISO-2022-JP to two-byte characters: ESC $ @ or ESC $ B. */
function includesShift(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.includes("\u001B$B") || view.includes("\u001B$@");
}

function decodeAs(bytes: Uint8Array, encoding: string): string {
  return iconv.decode(bytes, encoding);
}
