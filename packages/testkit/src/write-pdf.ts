import { createHash } from "node:crypto";

export interface PdfTextLine {
  readonly text: string;
  readonly size?: number;
  readonly x?: number;
  readonly y: number;
  readonly isBold?: boolean;
}

export interface WritePdfOptions {
  readonly title?: string;
  /** Encrypts with 40-bit RC4 (ISO 32000-1, 7.6); the empty string is a document that anyone may open. */
  readonly userPassword?: string;
}

/** A PDF of the given pages, for tests: standard fonts, one content stream a page, ASCII text. */
export function writePdf(pages: readonly (readonly PdfTextLine[])[], options: WritePdfOptions = {}): Uint8Array {
  const id = Buffer.alloc(16, 7);
  const encryption = options.userPassword === undefined ? undefined : createEncryption(options.userPassword, id);
  const objects: Buffer[] = [];
  const add = (body: string | Buffer): number =>
    objects.push(Buffer.isBuffer(body) ? body : Buffer.from(body, "latin1"));
  add("<< /Type /Catalog /Pages 2 0 R >>");
  add(`<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${5 + 2 * i} 0 R`).join(" ")}] >>`);
  add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
  add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>");
  pages.forEach((lines, index) => {
    const fonts = "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>";
    add(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] ${fonts} /Contents ${6 + 2 * index} 0 R >>`);
    const plain = Buffer.from(lines.map(drawLine).join("\n"), "latin1");
    const data = encryption === undefined ? plain : encryption.encrypt(plain, 6 + 2 * index);
    add(Buffer.concat([Buffer.from(`<< /Length ${data.length} >>\nstream\n`), data, Buffer.from("\nendstream")]));
  });
  const encryptRef = encryption === undefined ? "" : `/Encrypt ${add(encryption.dictionary)} 0 R`;
  const title = options.title === undefined ? "" : `/Info ${add(`<< /Title (${options.title}) >>`)} 0 R`;
  const hexId = id.toString("hex");
  return assemblePdf(objects, `/Root 1 0 R ${encryptRef} ${title} /ID [<${hexId}> <${hexId}>]`);
}

function drawLine({ text, size = 10, x = 72, y, isBold = false }: PdfTextLine): string {
  const escaped = text.replace(/[\\()]/gu, "\\$&");
  return `BT /${isBold ? "F2" : "F1"} ${size} Tf 1 0 0 1 ${x} ${y} Tm (${escaped}) Tj ET`;
}

/** A PDF 1.4 of the given objects, numbered from 1, behind one another with their table. */
export function assemblePdf(objects: readonly Buffer[], trailer: string): Uint8Array {
  const pieces = [Buffer.from("%PDF-1.4\n")];
  const offsets: number[] = [];
  let length = pieces[0]?.length ?? 0;
  objects.forEach((body, index) => {
    const object = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from("\nendobj\n")]);
    offsets.push(length);
    length += object.length;
    pieces.push(object);
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} ${trailer} >>\nstartxref\n${length}\n%%EOF\n`;
  return Buffer.concat([...pieces, Buffer.from(table)]);
}

const padding = Buffer.from("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A", "hex");

function createEncryption(
  userPassword: string,
  id: Buffer,
): { dictionary: string; encrypt: (data: Buffer, object: number) => Buffer } {
  const padded = Buffer.concat([Buffer.from(userPassword, "latin1"), padding]).subarray(0, 32);
  const owner = rc4(md5(Buffer.concat([Buffer.from("owner"), padding]).subarray(0, 32)).subarray(0, 5), padded);
  const key = md5(Buffer.concat([padded, owner, Buffer.from([0xfc, 0xff, 0xff, 0xff]), id])).subarray(0, 5);
  const user = rc4(key, padding);
  const hex = (bytes: Buffer): string => `<${bytes.toString("hex")}>`;
  return {
    dictionary: `<< /Filter /Standard /V 1 /R 2 /O ${hex(owner)} /U ${hex(user)} /P -4 >>`,
    encrypt: (data, object) =>
      rc4(md5(Buffer.concat([key, Buffer.from([object & 255, object >> 8, 0, 0, 0])])).subarray(0, 10), data),
  };
}

function md5(data: Buffer): Buffer {
  return createHash("md5").update(data).digest();
}

function rc4(key: Buffer, data: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i);
  const at = (index: number): number => state[index & 255] ?? 0;
  const swap = (a: number, b: number): void => {
    const kept = at(a);
    state[a & 255] = at(b);
    state[b & 255] = kept;
  };
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 255;
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  return Buffer.from(
    data.map((byte) => {
      i = (i + 1) & 255;
      j = (j + at(i)) & 255;
      swap(i, j);
      return byte ^ at(at(i) + at(j));
    }),
  );
}
