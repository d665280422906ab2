import { TextDecoder } from "node:util";
import { normaliseText } from "@larder/text-blocks";

/** Chapters are UTF-8 or UTF-16 by the standard; old books declare others. Bytes that do not fit become U+FFFD. */
export function decodeChapter(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding=["']([\w.-]{1,40})["']/u.exec(head)?.[1] ?? "utf-8";
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : undefined;
  try {
    return normaliseText(new TextDecoder(marked ?? declared).decode(bytes, { stream: true })).text; // else Node 20 takes Windows 1252 for Latin 1
  } catch {
    return normaliseText(new TextDecoder("utf-8").decode(bytes)).text; // an encoding that nobody knows
  }
}
