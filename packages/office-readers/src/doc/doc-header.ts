import { LarderError } from "@larder/contracts";

export const docMediaType = "application/msword";

/** What the head of a Word document of 1997 … 2003 says of where things are; offsets are those of [MS-DOC], 2.5. */
export interface DocHeader {
  readonly tableStream: "0table" | "1table";
  /** Characters of the text proper, then of footnotes, headers, comments, endnotes and text boxes after it. */
  readonly stories: {
    readonly main: number;
    readonly footnotes: number;
    readonly headers: number;
    readonly comments: number;
    readonly endnotes: number;
    readonly textBoxes: number;
  };
  readonly pieces: { readonly offset: number; readonly bytes: number };
  readonly paragraphs: { readonly offset: number; readonly bytes: number };
}

const signature = 0xa5ec;
const headBytes = 0x1aa;
const encryptedFlag = 0x0100;
const secondTableFlag = 0x0200;
/** Version of Word 97; older ones keep their text in another way. */
const versionMin = 0x00c1;

/** @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_UNSUPPORTED` before Word 97 */
export function readDocHeader(stream: Buffer): DocHeader {
  const details = { mediaType: docMediaType };
  if (stream.length < 32 || stream.readUInt16LE(0) !== signature)
    throw new LarderError("DOCUMENT_MALFORMED", { details });
  if (stream.readUInt16LE(2) < versionMin) throw new LarderError("DOCUMENT_UNSUPPORTED", { details });
  const flags = stream.readUInt16LE(10);
  if ((flags & encryptedFlag) !== 0) throw new LarderError("DOCUMENT_ENCRYPTED", { details });
  if (stream.length < headBytes) throw new LarderError("DOCUMENT_MALFORMED", { details });
  const count = (at: number): number => Math.max(0, stream.readInt32LE(at));
  const place = (at: number) => ({ offset: stream.readUInt32LE(at), bytes: stream.readUInt32LE(at + 4) });
  return {
    tableStream: (flags & secondTableFlag) === 0 ? "0table" : "1table",
    stories: {
      main: count(0x4c),
      footnotes: count(0x50),
      headers: count(0x54),
      comments: count(0x5c),
      endnotes: count(0x60),
      textBoxes: count(0x64),
    },
    pieces: place(0x1a2),
    paragraphs: place(0x102),
  };
}
