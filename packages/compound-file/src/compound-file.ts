import type { CompoundStorage, CompoundStream } from "./directory.ts";
import { readDirectory } from "./directory.ts";
import { malformedCompound, SectorChains } from "./sectors.ts";

const headerBytes = 512;
const signature = "d0cf11e0a1b11ae1";
const headerTableEntries = 109;
const miniSectorBytes = 64;
/** Streams below this size are kept in small sectors. */
const miniStreamBytesMax = 4096;

/** An open compound file; nothing is read that is not asked for, save its tables. */
export class CompoundFile {
  readonly root: CompoundStorage;
  readonly #bytes: Buffer;
  readonly #sectorBytes: number;
  readonly #chains: SectorChains;
  readonly #miniChains: SectorChains;
  readonly #miniStream: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < headerBytes || this.#bytes.toString("hex", 0, 8) !== signature)
      throw malformedCompound("header");
    const shift = this.#bytes.readUInt16LE(30);
    if (shift !== 9 && shift !== 12) throw malformedCompound("sector_size");
    this.#sectorBytes = 2 ** shift;
    this.#chains = new SectorChains(this.#words(this.#tableSectors()));
    const { root, rootStream } = readDirectory(this.#join(this.#chains.from(this.#bytes.readUInt32LE(48))));
    this.root = root;
    this.#miniChains = new SectorChains(this.#words(this.#chains.from(this.#bytes.readUInt32LE(60))));
    this.#miniStream = rootStream.bytes === 0 ? Buffer.alloc(0) : this.#join(this.#chains.from(rootStream.firstSector));
  }

  /** @throws {@link LarderError} `DOCUMENT_MALFORMED` when the stream is not there whole */
  read({ firstSector, bytes }: CompoundStream): Uint8Array {
    if (bytes === 0) return new Uint8Array();
    if (bytes > this.#bytes.length) throw malformedCompound("stream_size");
    const isMini = bytes < miniStreamBytesMax;
    const sectorBytes = isMini ? miniSectorBytes : this.#sectorBytes;
    const sectors = (isMini ? this.#miniChains : this.#chains).from(firstSector, Math.ceil(bytes / sectorBytes));
    const content = isMini
      ? Buffer.concat(sectors.map((n) => this.#miniStream.subarray(n * miniSectorBytes, (n + 1) * miniSectorBytes)))
      : this.#join(sectors);
    if (content.length < bytes) throw malformedCompound("stream_size");
    return content.subarray(0, bytes);
  }

  /** Sectors of the sector table itself: the first are named in the header, the rest in a chain of their own. */
  #tableSectors(): readonly number[] {
    const sectorsMax = Math.ceil(this.#bytes.length / this.#sectorBytes);
    const sectors: number[] = [];
    const take = (table: Buffer, entries: number): void => {
      for (let i = 0; i < entries && 4 * i + 4 <= table.length; i += 1) {
        const sector = table.readUInt32LE(4 * i);
        if (sector < sectorsMax) sectors.push(sector);
      }
    };
    take(this.#bytes.subarray(76, headerBytes), headerTableEntries);
    const perSector = this.#sectorBytes / 4 - 1;
    let next = this.#bytes.readUInt32LE(68);
    for (let seen = 0; next < sectorsMax; seen += 1) {
      if (seen > sectorsMax) throw malformedCompound("sector_table");
      const table = this.#sector(next);
      take(table, perSector);
      if (table.length < this.#sectorBytes) throw malformedCompound("sector_table");
      next = table.readUInt32LE(4 * perSector);
    }
    if (sectors.length > sectorsMax) throw malformedCompound("sector_table");
    return sectors;
  }

  #sector(index: number): Buffer {
    const start = (index + 1) * this.#sectorBytes;
    return this.#bytes.subarray(start, start + this.#sectorBytes); // the last one of a file may be cut short
  }

  #join(sectors: readonly number[]): Buffer {
    return Buffer.concat(sectors.map((index) => this.#sector(index)));
  }

  #words(sectors: readonly number[]): Uint32Array {
    const joined = this.#join(sectors);
    return Uint32Array.from({ length: Math.floor(joined.length / 4) }, (_, i) => joined.readUInt32LE(4 * i));
  }
}

/** @throws {@link LarderError} `DOCUMENT_MALFORMED` */
export function openCompoundFile(bytes: Uint8Array): CompoundFile {
  return new CompoundFile(bytes);
}
