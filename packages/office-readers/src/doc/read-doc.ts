import type { CompoundFile } from "@larder/compound-file";
import { openCompoundFile } from "@larder/compound-file";
import type { ParsedDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import { DocumentText } from "../document-text.ts";
import { refuseDamage } from "../legacy-errors.ts";
import type { DocHeader } from "./doc-header.ts";
import { docMediaType, readDocHeader } from "./doc-header.ts";
import { DocParagraphs } from "./doc-paragraphs.ts";
import type { DocPiece } from "./doc-pieces.ts";
import { readPieces } from "./doc-pieces.ts";
import { DocTextFilter } from "./doc-text.ts";
import { DocWriter } from "./doc-writer.ts";

/**
 * A Word document of 1997 … 2003: built-in headings, list items and tables, then footnotes, comments, endnotes and text
 * boxes. Numbers of lists are not stored in the text and are not made up. Headers and footers are left out.
 *
 * @throws {@link LarderError} `DOCUMENT_ENCRYPTED`, `DOCUMENT_MALFORMED`, `DOCUMENT_UNSUPPORTED` before Word 97,
 * `DOCUMENT_TOO_LARGE`
 */
export function readDoc(bytes: Uint8Array, context: ReadContext): ParsedDocument {
  return refuseDamage(docMediaType, () => readDocStreams(bytes, context));
}

function readDocStreams(bytes: Uint8Array, { limits }: ReadContext): ParsedDocument {
  const file = openCompoundFile(bytes);
  const stream = streamOf(file, "worddocument");
  const header = readDocHeader(stream);
  const table = streamOf(file, header.tableStream);
  const pieces = readPieces(stream, cut(table, header.pieces), limits.textCharactersMax);
  const paragraphs = new DocParagraphs(stream, cut(table, header.paragraphs));
  const text = new DocumentText(limits);
  const writer = new DocWriter(text);
  const filter = new DocTextFilter();
  const { headersStart, headersEnd, end } = leftOut(header);
  for (const { raw, start, lastOffset } of paragraphsOf(pieces)) {
    const plain = filter.toPlain(raw);
    const isShown = start < headersStart || (start >= headersEnd && start < end);
    if (isShown) writer.add(plain, raw.endsWith(cellMark), paragraphs.at(lastOffset));
  }
  writer.finish();
  return text.finish(docMediaType, undefined);
}

const cellMark = "\u0007";

interface RawParagraph {
  /** With its mark at the end. */
  readonly raw: string;
  /** Character in the document. */
  readonly start: number;
  /** Byte of its mark in the stream. */
  readonly lastOffset: number;
}

/** Paragraphs and cells, which may lie in several pieces. */
function* paragraphsOf(pieces: readonly DocPiece[]): Generator<RawParagraph, void> {
  let parts: string[] = [];
  let start = 0;
  for (const { text, offset, bytesPerCharacter, start: pieceStart } of pieces) {
    let from = 0;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this one ends a cell
    for (const mark of text.matchAll(/[\r\u0007]/gu)) {
      const to = mark.index + 1;
      yield {
        raw: [...parts, text.slice(from, to)].join(""),
        start,
        lastOffset: offset + mark.index * bytesPerCharacter,
      };
      parts = [];
      from = to;
      start = pieceStart + to;
    }
    parts.push(text.slice(from));
  }
  const raw = parts.join("");
  if (raw !== "") yield { raw, start, lastOffset: -1 };
}

function leftOut({ stories }: DocHeader): {
  readonly headersStart: number;
  readonly headersEnd: number;
  readonly end: number;
} {
  const headersStart = stories.main + stories.footnotes;
  const headersEnd = headersStart + stories.headers;
  return { headersStart, headersEnd, end: headersEnd + stories.comments + stories.endnotes + stories.textBoxes };
}

function streamOf(file: CompoundFile, name: string): Buffer {
  const stream = file.root.get(name);
  if (stream?.kind !== "stream") {
    throw new LarderError("DOCUMENT_MALFORMED", { details: { mediaType: docMediaType, problem: "missing_stream" } });
  }
  return Buffer.from(file.read(stream));
}

function cut(table: Buffer, { offset, bytes }: DocHeader["pieces"]): Buffer {
  return table.subarray(offset, offset + bytes);
}
