import { LarderError } from "@larder/contracts";

/** As a header declares it, folded or not; in quotes it may hold spaces. */
const declaration = /\bboundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s";]{1,200}))/giu;

const lineCharactersMax = 300;

/** Marks beyond this are not looked for: each part may declare one. */
const marksMax = 10_000;

/**
 * Counts the lines that open a part, before any is read: to read a part costs time for each part before it. Marks
 * that are declared in unusual ways are not counted; the limits of the parser's process bound what they cost. Linear.
 *
 * @throws {@link LarderError} `DOCUMENT_TOO_LARGE`
 */
export function refuseManyParts(bytes: Uint8Array, mailPartsMax: number): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const marks = new Set<string>();
  for (const [, quoted, bare] of text.matchAll(declaration)) {
    marks.add((quoted ?? bare ?? "").trimEnd());
    if (marks.size > marksMax) break;
  }
  if (marks.size === 0) return;
  let parts = 0;
  // A message begins with its headers, so a part opens after a line break at the earliest.
  for (let at = text.indexOf("\n--"); at >= 0; at = text.indexOf("\n--", at + 1)) {
    const start = at + "\n--".length;
    const lineBreak = text.indexOf("\n", start);
    const end = Math.min(lineBreak < 0 ? text.length : lineBreak, start + lineCharactersMax);
    if (marks.has(text.slice(start, end).trimEnd())) parts += 1;
    if (parts > mailPartsMax) {
      throw new LarderError("DOCUMENT_TOO_LARGE", {
        details: { setting: "LARDER_PARSE_MAIL_PARTS_MAX", mailPartsMax },
      });
    }
  }
}
