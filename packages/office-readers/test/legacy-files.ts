import { writeCompoundFile } from "@larder/testkit";

/** A Word 97 document of these pieces, each kept narrow (Windows 1252) or wide, without any paragraph properties. */
export function writeDoc(pieces: readonly { readonly text: string; readonly isWide?: boolean }[], flags = 0): Buffer {
  const length = pieces.reduce((sum, { text }) => sum + text.length, 0);
  const head = Buffer.alloc(0x200);
  head.writeUInt16LE(0xa5ec, 0);
  head.writeUInt16LE(0xc1, 2);
  head.writeUInt16LE(flags, 10);
  head.writeUInt32LE(length, 0x4c);
  const count = pieces.length;
  const plan = Buffer.alloc(4 * (count + 1) + 8 * count);
  const texts: Buffer[] = [];
  let character = 0;
  let offset = head.length;
  for (const [i, { text, isWide }] of pieces.entries()) {
    const bytes = Buffer.from(text, isWide === true ? "utf16le" : "latin1");
    plan.writeUInt32LE(isWide === true ? offset : offset * 2 + 0x40000000, 4 * (count + 1) + 8 * i + 2);
    character += text.length;
    plan.writeUInt32LE(character, 4 * (i + 1));
    texts.push(bytes);
    offset += bytes.length;
  }
  const table = Buffer.concat([Buffer.from([2, 0, 0, 0, 0]), plan]);
  table.writeUInt32LE(plan.length, 1);
  head.writeUInt32LE(table.length, 0x1a6);
  return writeCompoundFile({ WordDocument: Buffer.concat([head, ...texts]), "0Table": table });
}

function record(type: number, content: Uint8Array, instance = 0): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(instance << 4, 0);
  header.writeUInt16LE(type, 2);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
}

function uint32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
  return bytes;
}

/** A presentation of one slide with a title in the outline and the text of one shape. */
export function writePpt(title: string, text: string, token = 0xe391c05f): Buffer {
  const textBox = record(0xf00d, record(0x0fa8, Buffer.from(text, "latin1")));
  const slide = record(
    0x03ee,
    record(
      0x040c,
      record(
        0xf002,
        Buffer.concat([record(0xf004, record(0xf00d, record(0x0f9e, uint32s(0)))), record(0xf004, textBox)]),
      ),
    ),
  );
  const outline = [
    record(0x03f3, uint32s(2, 0, 1, 256, 0)),
    record(0x0f9f, uint32s(0)),
    record(0x0fa0, Buffer.from(title, "utf16le")),
  ];
  const document = record(0x03e8, record(0x0ff0, Buffer.concat(outline)));
  const directory = record(0x1772, uint32s((2 << 20) | 1, 0, document.length));
  const edit = record(0x0ff5, uint32s(0, 0, 0, document.length + slide.length, 1, 2, 0));
  const editAt = document.length + slide.length + directory.length;
  return writeCompoundFile({
    "PowerPoint Document": Buffer.concat([document, slide, directory, edit]),
    "Current User": Buffer.concat([record(0x0ff6, uint32s(20, token, editAt, 0, 0))]),
  });
}
