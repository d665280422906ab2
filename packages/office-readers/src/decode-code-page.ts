import iconv from "iconv-lite";

/** Names that differ from `cp` and the number. */
const encodings: ReadonlyMap<number, string> = new Map([
  [10000, "macintosh"],
  [65001, "utf8"],
]);

/** Text in a Windows code page, by its number; in Windows 1252 where it is none that is known. */
export function decodeCodePage(bytes: Buffer, page: number): string {
  const encoding = encodings.get(page) ?? `cp${page}`;
  return iconv.decode(bytes, iconv.encodingExists(encoding) ? encoding : "cp1252");
}
