import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { EmbedderId, Label } from "@larder/contracts";
import { CheckpointDamage } from "./checkpoint-damage.ts";
import type { FileProof } from "./durable-files.ts";
import { readWhole, writeDurably } from "./durable-files.ts";
import { VectorMatrix } from "./vector-matrix.ts";

/**
 * `vectors.bin`: the matrix of one collection at one sequence.
 *
 * | offset | bytes       | what                                                                           |
 * | -----: | ----------- | ------------------------------------------------------------------------------ |
 * |      0 | 8           | "LARDERVX"                                                                     |
 * |      8 | 4           | format version, 1                                                              |
 * |     12 | 4           | dimensions                                                                     |
 * |     16 | 4           | vectors, n                                                                     |
 * |     20 | 4           | pending labels, p: vectors that the graph of this checkpoint does not hold     |
 * |     24 | 8           | sequence of the last operation that is in it, float64                          |
 * |     32 | 32          | SHA-256 of the embedder's id                                                   |
 * |     64 | 4n          | labels, uint32, in the order of the rows                                       |
 * |  64+4n | 4p          | pending labels, uint32                                                         |
 * |        | n × stride  | unit vectors, float32, each padded with zeros to a multiple of 64 bytes        |
 *
 * Numbers stand in the machine's byte order; on a machine of the other order the version reads as 2²⁴ and the file is
 * refused. It is valid when its length and SHA-256 are the manifest's; a reader checks the header against the manifest,
 * so that neither can be changed alone. Cost: one pass.
 */
export interface VectorFileContent {
  readonly sequence: number;
  readonly matrix: VectorMatrix;
  readonly pending: readonly Label[];
}

const magic = Buffer.from("LARDERVX", "latin1");
const formatVersion = 1;
const headerBytes = 64;
const countMax = 2 ** 32 / 64; // rows of the shortest stride in the largest memory

export function writeVectorFile(
  file: string,
  { sequence, matrix, pending }: VectorFileContent,
  embedderId: EmbedderId,
): Promise<FileProof> {
  const header = new Uint8Array(headerBytes);
  header.set(magic);
  new Uint32Array(header.buffer, 8, 4).set([formatVersion, matrix.dimensions, matrix.count, pending.length]);
  new Float64Array(header.buffer, 24, 1)[0] = sequence;
  header.set(hashId(embedderId), 32);
  const labels = Uint32Array.from([...matrix.labels, ...pending]);
  return writeDurably(file, [header, new Uint8Array(labels.buffer), matrix.bytes()]);
}

/** Reads a file whose proof was checked. @throws CheckpointDamage when it is not of this embedder or this form */
export async function readVectorFile(
  file: string,
  dimensions: number,
  embedderId: EmbedderId,
): Promise<VectorFileContent> {
  const handle = await open(file, "r");
  try {
    const header = new Uint8Array(headerBytes);
    if (!(await readWhole(handle, header))) throw new CheckpointDamage("the header is cut off");
    if (!magic.equals(header.subarray(0, 8))) throw new CheckpointDamage("not a vector file");
    const [version, ownDimensions, count = 0, pendingCount = 0] = new Uint32Array(header.buffer, 8, 4);
    if (version !== formatVersion) throw new CheckpointDamage("another format version");
    if (ownDimensions !== dimensions) throw new CheckpointDamage("another number of dimensions");
    if (!hashId(embedderId).equals(header.subarray(32, 64))) throw new CheckpointDamage("another embedder");
    if (count > countMax || pendingCount > count) throw new CheckpointDamage("a count is out of range");
    const numbers = new Uint32Array(count + pendingCount);
    if (!(await readWhole(handle, new Uint8Array(numbers.buffer)))) throw new CheckpointDamage("labels are cut off");
    const labels = Array.from(numbers, (number) => number as Label); // they were labels when they were written
    const matrix = new VectorMatrix(dimensions);
    if (!(await readWhole(handle, matrix.restore(labels.slice(0, count))))) {
      throw new CheckpointDamage("vectors are cut off");
    }
    const sequence = new Float64Array(header.buffer, 24, 1)[0] ?? 0;
    return { sequence, matrix, pending: labels.slice(count) };
  } finally {
    await handle.close();
  }
}

function hashId(embedderId: EmbedderId): Buffer {
  return createHash("sha256").update(embedderId).digest();
}
