import { randomBytes } from "node:crypto";
import { writePdf } from "./write-pdf.ts";
import { writeZip } from "./write-zip.ts";

/** A file that is made to do harm to whoever reads it. */
export interface HostileFile {
  /** Row of docs/hostile-inputs.md. */
  readonly row: string;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `ready`, or the code that the document fails with under the default limits. */
  readonly outcome: string;
}

/** One of each kind of harm: memory, time, depth, count, length, and what is nothing at all. Made when asked for. */
export function hostileFiles(): readonly HostileFile[] {
  return [
    { row: "D1", name: "bomb.docx", outcome: "DOCUMENT_TOO_LARGE", bytes: owned(wordBomb()) },
    { row: "D5", name: "entries.xlsx", outcome: "ARCHIVE_TOO_LARGE", bytes: owned(manyEntries(20_000)) },
    { row: "H1", name: "nested.html", outcome: "ready", bytes: text(`${"<div>".repeat(20_000)}words`) },
    { row: "H3", name: "comment.html", outcome: "DOCUMENT_NO_TEXT", bytes: text(`<p><!--${"x".repeat(20_000_000)}`) },
    { row: "T2", name: "line.txt", outcome: "DOCUMENT_TOO_LARGE", bytes: text("a".repeat(50_000_000)) },
    { row: "T7", name: "columns.csv", outcome: "ready", bytes: text(`${"a,".repeat(50_000)}\n`.repeat(2)) },
    { row: "P3", name: "half.pdf", outcome: "DOCUMENT_MALFORMED", bytes: owned(half(writePdf(pages(50)))) },
    { row: "P8", name: "pages.pdf", outcome: "DOCUMENT_TOO_LARGE", bytes: owned(writePdf(pages(10_001))) },
    { row: "P20", name: "noise.bin", outcome: "DOCUMENT_UNSUPPORTED", bytes: owned(randomBytes(1_000_000)) },
  ];
}

function wordBomb(): Uint8Array {
  const content = Buffer.alloc(200_000_000, " "); // 195 kB in the archive
  content.write('<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>');
  return writeZip([{ name: "word/document.xml", content }]);
}

function manyEntries(count: number): Uint8Array {
  return writeZip([
    { name: "xl/workbook.xml", content: "<workbook/>" },
    ...Array.from({ length: count }, (_, i) => ({ name: `xl/media/${i}`, isDeflated: false })),
  ]);
}

function pages(count: number): Parameters<typeof writePdf>[0] {
  return Array.from({ length: count }, (_, i) => [{ text: `words of page ${i}`, y: 700 }]);
}

function half(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length >> 1);
}

function text(content: string): Uint8Array<ArrayBuffer> {
  return owned(Buffer.from(content));
}

function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
