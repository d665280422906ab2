/** What stands in a table of objects: free; at an offset; at an index of an object stream. */
export type TableRow = readonly [type: 0 | 1 | 2, place: number, index: number];

export interface ObjectStreamPdfOptions {
  /** Further entries of the object stream's dictionary. */
  readonly entries?: string;
  /** Of the object stream's data, in place of the number. */
  readonly length?: string;
  /** Rows in place of the true ones, by object. */
  readonly rows?: Readonly<Record<number, TableRow>>;
  /** Bodies of further objects inside the stream, by number from 20 on. */
  readonly inside?: Readonly<Record<number, string>>;
}

/** The number of the object stream, and of another one beside it that holds nothing. */
export const objectStream = 10;
export const otherStream = 11;
const tableStream = 12;
const contentStream = 13;

/**
 * A PDF 1.5 of one page whose catalog, pages and font are in an object stream, listed by a table that is a stream itself.
 *
 * @source ISO 32000-1, 7.5.7 (object streams) and 7.5.8 (cross-reference streams)
 */
export function drawObjectStreamPdf(content: string, options: ObjectStreamPdfOptions = {}): Uint8Array {
  const page = `/MediaBox [0 0 612 792] /Resources << /Font << /F1 4 0 R >> >> /Contents ${contentStream} 0 R`;
  const inside: Readonly<Record<number, string>> = {
    1: "<< /Type /Catalog /Pages 2 0 R >>",
    2: "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
    3: `<< /Type /Page /Parent 2 0 R ${page} >>`,
    4: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...options.inside,
  };
  const numbers = Object.keys(inside).map(Number);
  let bodies = "";
  const index = numbers.map((number) => {
    const pair = `${number} ${bodies.length}`;
    bodies += `${inside[number]}\n`;
    return pair;
  });
  const head = `${index.join(" ")}\n`;
  const entries = `/Type /ObjStm /N ${numbers.length} /First ${head.length} ${options.entries ?? ""}`;
  const rows = new Map<number, TableRow>(numbers.map((number, at) => [number, [2, objectStream, at]]));
  let file = "%PDF-1.5\n";
  const add = (number: number, dictionary: string, data: string, length = String(data.length)): void => {
    rows.set(number, [1, file.length, 0]);
    file += `${number} 0 obj\n<< ${dictionary} /Length ${length} >>\nstream\n${data}\nendstream\nendobj\n`;
  };
  add(objectStream, entries, head + bodies, options.length);
  add(otherStream, "/Type /ObjStm /N 0 /First 0", "");
  add(contentStream, "", content);
  const tableAt = file.length;
  rows.set(tableStream, [1, tableAt, 0]);
  for (const [number, row] of Object.entries(options.rows ?? {})) rows.set(Number(number), row);
  const size = Math.max(...rows.keys()) + 1;
  const table = Array.from({ length: size }, (_, number) => toBytes(rows.get(number) ?? [0, 0, 0])).join("");
  const trailer = `/Type /XRef /W [1 4 2] /Size ${size} /Root 1 0 R`;
  add(tableStream, trailer, table);
  return Buffer.from(`${file}startxref\n${tableAt}\n%%EOF\n`, "latin1");
}

/** One byte, four and two, as `/W` says. */
function toBytes([type, place, index]: TableRow): string {
  const bytes = Buffer.alloc(7);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt32BE(place, 1);
  bytes.writeUInt16BE(index, 5);
  return bytes.toString("latin1");
}
