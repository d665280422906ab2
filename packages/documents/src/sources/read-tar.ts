import { LarderError } from "@larder/contracts";
import { unsafeEntry } from "./archive-path.ts";
import { ByteReader } from "./byte-reader.ts";
import type { TarHeader } from "./tar-header.ts";
import { decodeTarText, isZeroBlock, readTarHeader, tarBlockBytes } from "./tar-header.ts";

export interface TarEntry {
  /** As it stands there, unchecked. */
  readonly name: string;
  readonly isFolder: boolean;
  /** To be read before the next entry is asked for; what is left is passed over. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** Names and attributes of one entry, whatever a header says of their length. */
const extensionBytesMax = 1024 * 1024;

const links = new Set(["1", "2", "3", "4", "6"]); // hard and symbolic links, devices, pipes
const files = new Set(["0", "\0", "7"]);

/**
 * The entries of a TAR as they come: ustar, its forerunner of 1979, and the extensions of GNU and POSIX for long names
 * and large sizes. Holds one block and one extension at a time, so memory does not grow with the archive. Written here
 * because libraries keep an extension of any declared length in memory.
 *
 * A TAR is a row of entries, each a header of 512 bytes and its content, filled up to a multiple of 512; two blocks of
 * zeros are its end, which many programs leave out or leave half out. An entry after a single one counts, so that nothing
 * is lost without a word. An entry of type `x` or `L` says more of the next one.
 *
 * @throws {@link LarderError} `ARCHIVE_MALFORMED`; `ARCHIVE_UNSAFE` for links, devices and pipes; `ARCHIVE_UNSUPPORTED`
 * for sparse files and other types
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const reader = new ByteReader(source);
  try {
    let extension: Extension = {};
    let isAfterZeros = false;
    for (;;) {
      const block = await reader.take(tarBlockBytes);
      if (block.length === 0) return;
      if (isZeroBlock(block)) {
        if (isAfterZeros) return;
        isAfterZeros = true;
        continue;
      }
      const header = readTarHeader(block);
      if (header === undefined) {
        if (isAfterZeros) return; // an end of one block, and what the medium was filled up with
        throw malformed(block.length < tarBlockBytes ? "truncated" : "header");
      }
      isAfterZeros = false;
      const more = await readExtension(reader, header);
      if (more !== undefined) {
        extension = { ...extension, ...more };
        continue;
      }
      const bytes = extension.bytes ?? header.bytes;
      const name = extension.name ?? header.name;
      extension = {};
      yield* oneEntry(reader, { ...header, name, bytes });
    }
  } finally {
    await reader.close();
  }
}

interface Extension {
  readonly name?: string;
  readonly bytes?: number;
}

async function* oneEntry(reader: ByteReader, { name, type, bytes }: TarHeader): AsyncGenerator<TarEntry> {
  if (links.has(type)) throw unsafeEntry("not_a_file");
  const isFolder = type === "5" || (files.has(type) && name.endsWith("/"));
  if (!isFolder && !files.has(type)) throw new LarderError("ARCHIVE_UNSUPPORTED", { details: { entryType: type } });
  let missing = bytes;
  async function* content(): AsyncGenerator<Uint8Array> {
    for await (const piece of reader.pass(missing)) {
      missing -= piece.length;
      yield piece;
    }
    if (missing > 0) throw malformed("truncated");
  }
  yield { name, isFolder, content: content() };
  await passOver(reader, missing + padding(bytes), missing);
}

/** What an entry says of the next one; `undefined` for an entry of its own. */
async function readExtension(reader: ByteReader, { type, bytes }: TarHeader): Promise<Extension | undefined> {
  if (type === "g" || type === "K" || type === "V") {
    await passOver(reader, bytes + padding(bytes), bytes); // of all entries, of a link's target, a label
    return {};
  }
  if (type !== "x" && type !== "L") return undefined;
  if (bytes > extensionBytesMax) throw malformed("extension");
  const data = await reader.take(bytes);
  if (data.length < bytes) throw malformed("truncated");
  await passOver(reader, padding(bytes), 0);
  if (type === "L") return { name: decodeTarText(data).replace(/\0.*$/su, "") };
  return readPaxRecords(data);
}

/** Records are `LENGTH KEY=VALUE\n`, the length in decimal and of the whole record. */
function readPaxRecords(data: Buffer): Extension {
  let extension: Extension = {};
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(data.toString("latin1", at, space));
    const end = at + length;
    if (!Number.isSafeInteger(length) || end > data.length || end <= space + 1) throw malformed("pax_record");
    const record = decodeTarText(data.subarray(space + 1, end - 1));
    const equals = record.indexOf("=");
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key.startsWith("GNU.sparse.")) throw new LarderError("ARCHIVE_UNSUPPORTED", { details: { entryType: "S" } });
    if (key === "path") extension = { ...extension, name: value };
    if (key === "size") extension = { ...extension, bytes: toSize(value) };
    at = end;
  }
  return extension;
}

function toSize(text: string): number {
  const size = Number(text);
  if (!/^\d+$/u.test(text) || !Number.isSafeInteger(size)) throw malformed("pax_record");
  return size;
}

function padding(bytes: number): number {
  return (tarBlockBytes - (bytes % tarBlockBytes)) % tarBlockBytes;
}

/** The last padding may be missing, as some programs leave it out; content may not. */
async function passOver(reader: ByteReader, length: number, contentBytes: number): Promise<void> {
  let passed = 0;
  for await (const piece of reader.pass(length)) passed += piece.length;
  if (passed < contentBytes) throw malformed("truncated");
}

export function malformed(problem: string, cause?: unknown): LarderError {
  return new LarderError("ARCHIVE_MALFORMED", { details: { problem }, cause });
}
