import type { Label, VectorHit } from "@larder/contracts";
import type { DotKernel, LinearMemory } from "@larder/dot-kernel";
import { createDotKernel, strideBytesStep } from "@larder/dot-kernel";
import { withRoom } from "./row-memory.ts";
import { TopHits } from "./top-hits.ts";

export const rowsPerBlock = 4_096; // scored at once; their scores stay in the first-level cache

/**
 * Unit vectors by label, in one block of memory: `[query | scores of one block | rows]`. A vector is scaled to unit
 * length as it enters, so the dot product of two is their cosine. A removed row is filled with the last one; order of
 * rows never shows in a result. Holds at most about 4 GiB: 4.1 million vectors of 256 dimensions, 1.3 million of 768.
 */
export class VectorMatrix {
  readonly dimensions: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly #rowsOffset: number;
  readonly #rowByLabel = new Map<Label, number>();
  #labels: Label[] = [];
  #memory: LinearMemory | undefined;
  #kernel: DotKernel | undefined;
  #floats = new Float32Array(0);

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.stride = Math.ceil((dimensions * 4) / strideBytesStep) * strideBytesStep;
    this.#rowsOffset = this.stride + rowsPerBlock * 4;
  }

  get count(): number {
    return this.#labels.length;
  }

  /** In the order of the rows. Valid until the next change. */
  get labels(): readonly Label[] {
    return this.#labels;
  }

  has(label: Label): boolean {
    return this.#rowByLabel.has(label);
  }

  /**
   * Makes room, so that {@link set} cannot fail later.
   * @throws {@link LarderError} `INDEX_FULL`, `INDEX_UNAVAILABLE`
   */
  reserve(rows: number): void {
    const { dimensions } = this;
    this.#memory = withRoom(this.#memory, this.#rowsOffset + rows * this.stride, { vectors: rows, dimensions });
    this.#kernel ??= createDotKernel(this.#memory);
    if (this.#floats.buffer !== this.#memory.buffer) this.#floats = new Float32Array(this.#memory.buffer);
  }

  /** Adds or replaces. `vector` was checked: finite, not zero, of the right length. */
  set(label: Label, vector: Float32Array): void {
    let row = this.#rowByLabel.get(label);
    if (row === undefined) {
      row = this.count;
      this.reserve(row + 1);
      this.#labels.push(label);
      this.#rowByLabel.set(label, row);
    }
    this.#writeUnit(vector, this.#rowOffset(row));
  }

  remove(label: Label): void {
    const row = this.#rowByLabel.get(label);
    const last = this.#labels.pop();
    if (row === undefined || last === undefined) {
      if (last !== undefined) this.#labels.push(last);
      return;
    }
    this.#rowByLabel.delete(label);
    if (last === label) return;
    const from = this.#rowOffset(this.count) / 4;
    this.#floats.copyWithin(this.#rowOffset(row) / 4, from, from + this.stride / 4);
    this.#labels[row] = last;
    this.#rowByLabel.set(last, row);
  }

  /** The unit vector of a label as a view, valid until the next change. Empty when it is not held. */
  row(label: Label): Float32Array {
    const row = this.#rowByLabel.get(label);
    if (row === undefined) return new Float32Array(0);
    const start = this.#rowOffset(row) / 4;
    return this.#floats.subarray(start, start + this.dimensions);
  }

  /** True when the vector of a label has this direction, but for rounding. */
  holds(label: Label, vector: Float32Array): boolean {
    const row = this.row(label);
    const inverseNorm = 1 / Math.sqrt(squaredNorm(vector));
    return row.length > 0 && row.every((value, i) => isSame(value, (vector[i] ?? 0) * inverseNorm));
  }

  /** `count` unit vectors from a row on, without their padding, as a copy; fewer at the end. */
  rows(first: number, count: number): { readonly labels: Uint32Array; readonly vectors: Float32Array } {
    const labels = Uint32Array.from(this.#labels.slice(first, first + count));
    const vectors = new Float32Array(labels.length * this.dimensions);
    for (let i = 0; i < labels.length; i++) {
      const start = this.#rowOffset(first + i) / 4;
      vectors.set(this.#floats.subarray(start, start + this.dimensions), i * this.dimensions);
    }
    return { labels, vectors };
  }

  /** Compares with every vector. */
  search(query: Float32Array, limit: number): VectorHit[] {
    if (this.count === 0) return [];
    const top = new TopHits(Math.min(limit, this.count));
    this.scan(query, 0, this.count, top);
    return top.list();
  }

  /** Offers the vectors of these rows, as far as there are such rows, that `isWanted` lets through. */
  scan(
    query: Float32Array,
    firstRow: number,
    endRow: number,
    top: TopHits,
    isWanted?: (label: Label) => boolean,
  ): void {
    const endOfAll = Math.min(endRow, this.count);
    if (firstRow >= endOfAll) return;
    this.#writeUnit(query, 0);
    for (let first = firstRow; first < endOfAll; first += rowsPerBlock) {
      const end = Math.min(first + rowsPerBlock, endOfAll);
      this.#scoreRows(first, end);
      const scores = this.#floats.subarray(this.stride / 4, this.stride / 4 + end - first);
      for (let i = 0; i < scores.length; i++) {
        const score = scores[i] ?? 0;
        if (score < top.floor) continue;
        const label = this.#labels[first + i];
        if (label !== undefined && isWanted?.(label) !== false) top.offer(clamp(score), label);
      }
    }
  }

  /** Compares with the vectors of these labels; those that are not held are left out. No label may come twice. */
  searchAmong(labels: Iterable<number>, query: Float32Array, limit: number): VectorHit[] {
    const top = new TopHits(Math.min(limit, this.count));
    this.scanAmong(labels, query, top);
    return top.list();
  }

  /** Offers the vectors of those of these labels that are held. No label may come twice. */
  scanAmong(labels: Iterable<number>, query: Float32Array, top: TopHits): void {
    if (this.count === 0) return;
    this.#writeUnit(query, 0);
    const scoreAt = this.stride / 4;
    for (const number of labels) {
      const label = number as Label; // what is no label has no row
      const row = this.#rowByLabel.get(label);
      if (row === undefined) continue;
      this.#scoreRows(row, row + 1);
      const score = this.#floats[scoreAt] ?? 0;
      if (score >= top.floor) top.offer(clamp(score), label);
    }
  }

  /** The bytes of all rows, for checkpoints. Valid until the next change. */
  bytes(): Uint8Array {
    if (this.#memory === undefined) return new Uint8Array(0);
    return new Uint8Array(this.#memory.buffer, this.#rowsOffset, this.count * this.stride);
  }

  /** Takes these labels for the first rows and gives the bytes of those rows to be filled. For an empty matrix. */
  restore(labels: readonly Label[]): Uint8Array {
    this.reserve(labels.length);
    this.#labels = [...labels];
    for (const [row, label] of labels.entries()) this.#rowByLabel.set(label, row);
    return this.bytes();
  }

  #scoreRows(first: number, end: number): void {
    this.#kernel?.dots(this.#rowOffset(first), this.#rowOffset(end), this.stride, 0, this.stride);
  }

  #rowOffset(row: number): number {
    return this.#rowsOffset + row * this.stride;
  }

  #writeUnit(vector: Float32Array, offset: number): void {
    const start = offset / 4;
    const inverseNorm = 1 / Math.sqrt(squaredNorm(vector));
    for (let i = 0; i < this.dimensions; i++) this.#floats[start + i] = (vector[i] ?? 0) * inverseNorm;
    this.#floats.fill(0, start + this.dimensions, start + this.stride / 4);
  }
}

/** In double precision: finite exactly when every element is, and zero only for the zero vector. */
export function squaredNorm(vector: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i] ?? 0;
    sum += value * value;
  }
  return sum;
}

/** Of two numbers of unit vectors: equal but for the rounding of float32 and of scaling. */
export function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-5;
}

/** Rounding can carry the cosine of a vector with itself past one. */
function clamp(score: number): number {
  return Math.max(-1, Math.min(1, score));
}
