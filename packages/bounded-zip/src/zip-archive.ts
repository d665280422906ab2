import { constants, crc32, createInflateRaw } from "node:zlib";
import { LarderError } from "@larder/contracts";
import type { ZipEntry } from "./central-directory.ts";
import { readCentralDirectory } from "./central-directory.ts";
import { locateData } from "./locate-data.ts";
import { malformedZip, tooHighRatio, tooManyInflatedBytes } from "./zip-errors.ts";
import type { ZipLimits } from "./zip-limits.ts";
import { ratioExemptBytes } from "./zip-limits.ts";

/**
 * An archive in memory. What entries claim of their sizes is not believed: bytes are counted while they inflate, over
 * all reads of this archive together, and nothing is written anywhere.
 */
export class ZipArchive {
  readonly entries: readonly ZipEntry[];
  readonly #archive: Buffer;
  readonly #limits: ZipLimits;
  readonly #data: ReadonlyMap<ZipEntry, Uint8Array>;
  readonly #byName = new Map<string, ZipEntry>();
  readonly #repeated = new Set<string>();
  #inflatedBytes = 0;

  constructor(bytes: Uint8Array, limits: ZipLimits) {
    this.#archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#limits = limits;
    this.entries = readCentralDirectory(this.#archive, limits);
    this.#data = locateData(this.#archive, this.entries);
    for (const entry of this.entries) {
      const key = toKey(entry.name);
      if (this.#byName.has(key)) this.#repeated.add(key);
      else this.#byName.set(key, entry);
    }
  }

  /**
   * The entry of this name, upper and lower case being the same, as package formats have it.
   *
   * @throws {@link LarderError} `DOCUMENT_MALFORMED` when several have it: programs differ in which of them they show
   */
  find(name: string): ZipEntry | undefined {
    const key = toKey(name);
    if (this.#repeated.has(key)) throw malformedZip("repeated_entry");
    return this.#byName.get(key);
  }

  /** The whole content of an entry. Errors as for {@link stream}. */
  async read(entry: ZipEntry): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.stream(entry)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /**
   * The content of an entry, piece by piece, checked against its CRC at the end.
   *
   * @throws {@link LarderError} `DOCUMENT_ENCRYPTED`, `DOCUMENT_UNSUPPORTED` for a method other than deflate,
   * `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE` at the first byte above a limit
   */
  async *stream(entry: ZipEntry): AsyncGenerator<Uint8Array, void> {
    const data = this.#dataOf(entry);
    const entryBytesMax = Math.max(ratioExemptBytes, data.length * this.#limits.inflatedRatioMax);
    let entryBytes = 0;
    let checksum = 0;
    for await (const piece of entry.method === 0 ? [data] : inflate(data)) {
      entryBytes += piece.length;
      this.#inflatedBytes += piece.length;
      if (entryBytes > entryBytesMax) throw tooHighRatio(this.#limits);
      if (this.#inflatedBytes > this.#limits.inflatedBytesMax) throw tooManyInflatedBytes(this.#limits);
      checksum = crc32(piece, checksum);
      yield piece;
    }
    if (checksum !== entry.crc32) throw malformedZip("checksum");
  }

  #dataOf(entry: ZipEntry): Uint8Array {
    if (entry.isEncrypted) throw new LarderError("DOCUMENT_ENCRYPTED", { details: { container: "zip" } });
    if (entry.method !== 0 && entry.method !== 8) {
      throw new LarderError("DOCUMENT_UNSUPPORTED", { details: { container: "zip", compressionMethod: entry.method } });
    }
    const data = this.#data.get(entry);
    if (data === undefined) throw malformedZip("entry_of_another_archive");
    return data;
  }
}

/**
 * The archive's directory and the place of each entry are checked here; contents are when they are read.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED` for a damaged or inconsistent archive, overlapping entries, symbolic
 * links and names that lead out of it; `DOCUMENT_TOO_LARGE` for too many entries
 */
export function openZip(bytes: Uint8Array, limits: ZipLimits): ZipArchive {
  return new ZipArchive(bytes, limits);
}

function toKey(name: string): string {
  return name.toLowerCase();
}

async function* inflate(data: Uint8Array): AsyncGenerator<Uint8Array, void> {
  const inflater = createInflateRaw({ chunkSize: 64 * 1024, finishFlush: constants.Z_FINISH });
  inflater.end(data);
  try {
    for await (const piece of inflater) yield piece as Uint8Array;
  } catch (cause) {
    throw malformedZip("deflate", cause);
  } finally {
    inflater.destroy();
  }
}
