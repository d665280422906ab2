import { LarderError } from "@larder/contracts";
import { refuseLongText } from "@larder/text-blocks";
import { docMediaType } from "./doc-header.ts";

/** A run of text: where its characters are in the document, and where its bytes are in the stream. */
export interface DocPiece {
  readonly start: number;
  readonly text: string;
  readonly offset: number;
  readonly bytesPerCharacter: 1 | 2;
}

/**
 * The pieces of the text in order ([MS-DOC], 2.8.35): edits are kept as pieces, so that bytes are in no order.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE`
 */
export function readPieces(stream: Buffer, table: Buffer, charactersMax: number): readonly DocPiece[] {
  const plan = findPieceTable(table);
  const count = Math.floor((plan.length - 4) / 12);
  const pieces: DocPiece[] = [];
  for (let i = 0; i < count; i += 1) {
    const start = plan.readUInt32LE(4 * i);
    const end = plan.readUInt32LE(4 * i + 4);
    const place = plan.readUInt32LE(4 * (count + 1) + 8 * i + 2);
    const isNarrow = (place & 0x40000000) !== 0;
    const bytesPerCharacter = isNarrow ? 1 : 2;
    const offset = isNarrow ? (place & 0x3fffffff) / 2 : place;
    if (end < start || offset + (end - start) * bytesPerCharacter > stream.length) throw malformed("piece");
    refuseLongText(end, charactersMax);
    if (start !== (i === 0 ? 0 : (pieces.at(-1)?.start ?? 0) + (pieces.at(-1)?.text.length ?? 0)))
      throw malformed("piece");
    const bytes = stream.subarray(offset, offset + (end - start) * bytesPerCharacter);
    pieces.push({ start, text: isNarrow ? decodeNarrow(bytes) : bytes.toString("utf16le"), offset, bytesPerCharacter });
  }
  return pieces;
}

/** What bytes from 0x80 to 0x9F are in Windows 1252; where it has nothing, the control character. */
const windowsMarks = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

/** By hand, because the decoder of Node 20 reads Windows 1252 as Latin 1. */
function decodeNarrow(bytes: Buffer): string {
  return bytes.toString("latin1").replace(/[\x80-\x9f]/gu, (mark) => windowsMarks[mark.charCodeAt(0) - 0x80] ?? mark);
}

/** Property changes that stand before the table are passed over. */
function findPieceTable(table: Buffer): Buffer {
  let at = 0;
  while (at + 5 <= table.length && table[at] === 1) at += 3 + table.readUInt16LE(at + 1);
  if (at + 5 > table.length || table[at] !== 2) throw malformed("piece_table");
  const end = at + 5 + table.readUInt32LE(at + 1);
  if (end > table.length || end < at + 9) throw malformed("piece_table");
  return table.subarray(at + 5, end);
}

function malformed(problem: string): LarderError {
  return new LarderError("DOCUMENT_MALFORMED", { details: { mediaType: docMediaType, problem } });
}
