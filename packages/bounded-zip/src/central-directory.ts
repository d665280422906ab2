import { decodeEntryName, toSafeName } from "./entry-name.ts";
import { malformedZip, tooManyEntries } from "./zip-errors.ts";
import type { ZipLimits } from "./zip-limits.ts";

/** One file or folder of an archive, as its central directory lists it. Sizes are claims until the entry is read. */
export interface ZipEntry {
  /** Relative, with `/`; a folder's ends with one. */
  readonly name: string;
  readonly isFolder: boolean;
  readonly isEncrypted: boolean;
  /** 0 is stored, 8 is deflate. */
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly declaredBytes: number;
  /** Of the local header that stands before the entry's data. */
  readonly headerOffset: number;
}

interface DirectoryPlace {
  readonly offset: number;
  readonly end: number;
  readonly entries: number;
}

const endSignature = 0x06054b50;
const end64LocatorSignature = 0x07064b50;
const end64Signature = 0x06064b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const commentBytesMax = 0xffff;
const entryHeaderBytes = 46;

/**
 * The entries in the order of the central directory, which alone says what an archive holds.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE` above the limit of entries, before any is read
 */
export function readCentralDirectory(archive: Buffer, limits: ZipLimits): readonly ZipEntry[] {
  const place = findDirectory(archive);
  const mostThatFit = Math.floor((place.end - place.offset) / entryHeaderBytes);
  if (place.entries > mostThatFit) throw malformedZip("central_directory");
  if (place.entries > limits.archiveEntriesMax) throw tooManyEntries(limits);
  const entries: ZipEntry[] = [];
  let at = place.offset;
  // An archive may list more entries than its end says; readers that go on would see them, so they are no secret here.
  while (at + entryHeaderBytes <= place.end && archive.readUInt32LE(at) === entrySignature) {
    if (entries.length === limits.archiveEntriesMax) throw tooManyEntries(limits);
    const next =
      at +
      entryHeaderBytes +
      archive.readUInt16LE(at + 28) +
      archive.readUInt16LE(at + 30) +
      archive.readUInt16LE(at + 32);
    if (next > place.end) throw malformedZip("central_directory");
    entries.push(readEntry(archive, at));
    at = next;
  }
  if (entries.length < place.entries) throw malformedZip("central_directory");
  return entries;
}

/** The end record is looked for from the end of the bytes backwards, past a comment or a little that was appended. */
function findDirectory(archive: Buffer): DirectoryPlace {
  const first = Math.max(0, archive.length - endBytes - commentBytesMax);
  for (let at = archive.length - endBytes; at >= first; at -= 1) {
    if (archive.readUInt32LE(at) !== endSignature) continue;
    if (archive.readUInt16LE(at + 4) !== 0 && archive.readUInt16LE(at + 4) !== 0xffff) throw malformedZip("many_disks");
    const place = findDirectory64(archive, at) ?? {
      offset: archive.readUInt32LE(at + 16),
      end: at,
      entries: archive.readUInt16LE(at + 10),
    };
    if (place.offset > place.end) throw malformedZip("central_directory");
    return place;
  }
  throw malformedZip("no_central_directory");
}

function findDirectory64(archive: Buffer, endAt: number): DirectoryPlace | undefined {
  const locator = endAt - 20;
  if (locator < 0 || archive.readUInt32LE(locator) !== end64LocatorSignature) return undefined;
  const at = toOffset(archive.readBigUInt64LE(locator + 8));
  if (at + 56 > locator || archive.readUInt32LE(at) !== end64Signature) throw malformedZip("zip64");
  return {
    offset: toOffset(archive.readBigUInt64LE(at + 48)),
    end: at,
    entries: toOffset(archive.readBigUInt64LE(at + 32)),
  };
}

function readEntry(archive: Buffer, at: number): ZipEntry {
  const nameEnd = at + entryHeaderBytes + archive.readUInt16LE(at + 28);
  const name = toSafeName(decodeEntryName(archive.subarray(at + entryHeaderBytes, nameEnd)));
  if (isLink(archive, at)) throw malformedZip("symbolic_link");
  const extra = archive.subarray(nameEnd, nameEnd + archive.readUInt16LE(at + 30));
  const flags = archive.readUInt16LE(at + 8);
  return {
    name,
    isFolder: name.endsWith("/"),
    isEncrypted: (flags & 0x2041) !== 0, // by password, by certificate, or with a hidden directory
    method: archive.readUInt16LE(at + 10),
    crc32: archive.readUInt32LE(at + 16),
    ...readSizes(archive, at, extra),
  };
}

/** File type of Unix in the upper half of the attributes; macOS (19) writes it as Unix (3) does. */
function isLink(archive: Buffer, at: number): boolean {
  const madeBy = archive.readUInt8(at + 5);
  return (madeBy === 3 || madeBy === 19) && (archive.readUInt16LE(at + 40) & 0xf000) === 0xa000;
}

/** Sizes of 32 bits that are full stand in the ZIP64 field in this order, each only when its own is full. */
function readSizes(
  archive: Buffer,
  at: number,
  extra: Buffer,
): Pick<ZipEntry, "compressedBytes" | "declaredBytes" | "headerOffset"> {
  const wide = zip64Field(extra);
  let used = 0;
  const size = (short: number): number => {
    if (short !== 0xffffffff || wide === undefined) return short;
    if (used + 8 > wide.length) throw malformedZip("zip64");
    used += 8;
    return toOffset(wide.readBigUInt64LE(used - 8));
  };
  const declaredBytes = size(archive.readUInt32LE(at + 24));
  const compressedBytes = size(archive.readUInt32LE(at + 20));
  return { declaredBytes, compressedBytes, headerOffset: size(archive.readUInt32LE(at + 42)) };
}

/** Other fields are passed over unread, also when they are damaged. */
function zip64Field(extra: Buffer): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 0x0001 && end <= extra.length) return extra.subarray(at + 4, end);
    at = end;
  }
  return undefined;
}

function toOffset(wide: bigint): number {
  if (wide > BigInt(Number.MAX_SAFE_INTEGER)) throw malformedZip("zip64");
  return Number(wide);
}
