import { crc32, deflateRawSync } from "node:zlib";

/** What an entry claims may differ from what it holds: hostile archives are made that way. */
export interface ZipEntryToWrite {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** @defaultValue true */
  readonly isDeflated?: boolean;
  readonly declaredBytes?: number;
  readonly crc32?: number;
  readonly method?: number;
  readonly flags?: number;
  /** Of Unix, such as 0o120777 for a symbolic link. */
  readonly unixMode?: number;
  readonly extra?: Uint8Array;
  /** Sizes and CRC after the data instead of before it, as streaming writers do. */
  readonly hasDescriptor?: boolean;
  readonly headerOffset?: number;
  /** Compressed bytes to list in place of the real ones. */
  readonly compressedBytes?: number;
  /** Sizes and offset in a ZIP64 field. */
  readonly isZip64?: boolean;
}

/** A ZIP archive with exactly these entries, however wrong they are. */
export function writeZip(entries: readonly ZipEntryToWrite[], comment = ""): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const raw = Buffer.from(entry.content ?? "");
    const isDeflated = entry.isDeflated ?? true;
    const data = isDeflated ? deflateRawSync(raw) : raw;
    const facts = {
      name: Buffer.from(entry.name),
      flags: (entry.flags ?? 0x800) | (entry.hasDescriptor === true ? 8 : 0),
      method: entry.method ?? (isDeflated ? 8 : 0),
      crc: entry.crc32 ?? crc32(raw),
      compressed: entry.compressedBytes ?? data.length,
      declared: entry.declaredBytes ?? raw.length,
    };
    const head = localHeader(facts, entry.hasDescriptor === true, entry.extra ?? Buffer.alloc(0));
    central.push(centralHeader(facts, entry, entry.headerOffset ?? offset));
    const descriptor = entry.hasDescriptor === true ? uint32s(0x08074b50, facts.crc, data.length, raw.length) : [];
    local.push(head, data, ...descriptor);
    offset += head.length + data.length + descriptor.reduce((sum, { length }) => sum + length, 0);
  }
  const directory = Buffer.concat(central);
  const count = entries.length;
  const end = Buffer.concat([
    ...uint32s(0x06054b50),
    uint16s(0, 0, Math.min(count, 0xffff), Math.min(count, 0xffff)),
    ...uint32s(directory.length, offset),
    uint16s(Buffer.byteLength(comment)),
    Buffer.from(comment),
  ]);
  return Buffer.concat([...local, directory, end]);
}

interface EntryFacts {
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly declared: number;
}

function localHeader(facts: EntryFacts, hasDescriptor: boolean, extra: Uint8Array): Buffer {
  const sizes = hasDescriptor ? [0, 0, 0] : [facts.crc, facts.compressed, facts.declared];
  return Buffer.concat([
    ...uint32s(0x04034b50),
    uint16s(20, facts.flags, facts.method, 0, 0x21),
    ...uint32s(...sizes),
    uint16s(facts.name.length, extra.length),
    facts.name,
    extra,
  ]);
}

function centralHeader(facts: EntryFacts, entry: ZipEntryToWrite, offset: number): Buffer {
  const wide = entry.isZip64 === true ? zip64Field(facts, offset) : Buffer.alloc(0);
  const extra = Buffer.concat([entry.extra ?? Buffer.alloc(0), wide]);
  const full = 0xffffffff;
  const [compressed, declared, place] =
    entry.isZip64 === true ? [full, full, full] : [facts.compressed, facts.declared, offset];
  return Buffer.concat([
    ...uint32s(0x02014b50),
    uint16s(entry.unixMode === undefined ? 20 : 0x0314, 20, facts.flags, facts.method, 0, 0x21),
    ...uint32s(facts.crc, compressed, declared),
    uint16s(facts.name.length, extra.length, 0, 0, 0),
    ...uint32s((entry.unixMode ?? 0) * 0x10000, place),
    facts.name,
    extra,
  ]);
}

function zip64Field(facts: EntryFacts, offset: number): Buffer {
  const field = Buffer.alloc(28);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(24, 2);
  for (const [index, value] of [facts.declared, facts.compressed, offset].entries()) {
    field.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  }
  return field;
}

function uint16s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, 2 * index);
  return bytes;
}

function uint32s(...values: readonly number[]): readonly Buffer[] {
  return values.map((value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    return bytes;
  });
}
