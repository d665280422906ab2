import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EmbedderId } from "@larder/contracts";

/**
 * Vectors by the SHA-256 of their text, one folder for each embedder id.
 *
 * A file `*.vectors` is a row of records: 32 bytes of hash, then `dimensions` little-endian 32-bit floats. It is written
 * under another name, renamed, and never changed, so several processes can share the folder. A file whose size is not a
 * whole number of records is ignored. Everything here may be deleted at any time.
 */
export interface VectorCache {
  get(text: string): Float32Array | undefined;
  set(text: string, vector: Float32Array): void;
  /** Writes what was set since the last time. */
  save(): Promise<void>;
}

const hashBytes = 32;
const suffix = ".vectors";

export async function openVectorCache(root: string, embedderId: EmbedderId, dimensions: number): Promise<VectorCache> {
  const folder = join(root, createHash("sha256").update(embedderId).digest("hex").slice(0, 16));
  await mkdir(folder, { recursive: true });
  const vectors = new Map<string, Float32Array>();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith(suffix)).sort()) {
    readRecords(await readFile(join(folder, name)), dimensions, vectors);
  }
  let unsaved = new Map<string, Float32Array>();
  return {
    get: (text) => vectors.get(keyOf(text)),
    set(text, vector) {
      const key = keyOf(text);
      vectors.set(key, vector);
      unsaved.set(key, vector);
    },
    async save() {
      if (unsaved.size === 0) return;
      const bytes = toRecords(unsaved, dimensions);
      unsaved = new Map();
      const file = join(folder, randomUUID());
      await writeFile(`${file}.writing`, bytes);
      await rename(`${file}.writing`, file + suffix);
    },
  };
}

function keyOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function readRecords(bytes: Buffer, dimensions: number, into: Map<string, Float32Array>): void {
  const size = hashBytes + 4 * dimensions;
  if (bytes.length % size !== 0) return;
  for (let offset = 0; offset < bytes.length; offset += size) {
    const vector = new Float32Array(dimensions);
    for (let i = 0; i < dimensions; i += 1) vector[i] = bytes.readFloatLE(offset + hashBytes + 4 * i);
    into.set(bytes.toString("hex", offset, offset + hashBytes), vector);
  }
}

function toRecords(vectors: ReadonlyMap<string, Float32Array>, dimensions: number): Buffer {
  const size = hashBytes + 4 * dimensions;
  const bytes = Buffer.alloc(vectors.size * size);
  let offset = 0;
  for (const [key, vector] of vectors) {
    bytes.write(key, offset, "hex");
    for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, offset + hashBytes + 4 * i);
    offset += size;
  }
  return bytes;
}
