import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";

/** Formats whose readers pass over a comment of this form; one of plain text gets a line. */
const comments: Readonly<Record<string, (copy: number) => string>> = {
  ".html": (copy) => `\n<!-- copy ${copy} -->\n`,
  ".xml": (copy) => `\n<!-- copy ${copy} -->\n`,
  ".ipynb": (copy) => " ".repeat(copy),
  ".rtf": (copy) => "\n".repeat(copy),
};

/**
 * Writes each file of `source` `copies` times, every copy with other bytes and with the same text, or that of one line
 * more. Gives the names of the sources.
 */
export async function writeSaltedCopies(source: string, target: string, copies: number): Promise<readonly string[]> {
  await mkdir(target, { recursive: true });
  const entries = await readdir(source, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name !== "SOURCES.tsv").map(({ name }) => name);
  for (const name of names.sort()) {
    const bytes = await readFile(join(source, name));
    for (let copy = 1; copy <= copies; copy += 1) {
      await writeFile(join(target, `${copy}--${name}`), saltedCopy(bytes, extname(name), copy));
    }
  }
  return names;
}

/** The source's name of a copy's. */
export function sourceOf(name: string): string {
  return name.slice(name.indexOf("--") + 2);
}

/** Which copy it is of, by the name. */
export function copyOf(name: string): string {
  return name.slice(0, name.indexOf("--"));
}

function saltedCopy(bytes: Buffer, extension: string, copy: number): Buffer {
  const start = bytes.subarray(0, 4).toString("latin1");
  if (start === "PK\u0003\u0004") return withZipComment(bytes, `copy ${copy}`);
  if (start === "%PDF") return Buffer.concat([bytes, Buffer.from(`\n% copy ${copy}\n`)]);
  if (start === "\u00d0\u00cf\u0011\u00e0") return Buffer.concat([bytes, Buffer.alloc(512, copy % 256)]); // a free sector
  const salt = comments[extension]?.(copy) ?? `\n\nCopy ${copy}.\n`;
  return Buffer.concat([bytes, Buffer.from(salt)]);
}

/** Of an archive without a comment; its last 22 bytes are then the end record. */
function withZipComment(bytes: Buffer, comment: string): Buffer {
  const end = bytes.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  const record = Buffer.from(bytes.subarray(end, end + 22));
  record.writeUInt16LE(comment.length, 20);
  return Buffer.concat([bytes.subarray(0, end), record, Buffer.from(comment)]);
}
