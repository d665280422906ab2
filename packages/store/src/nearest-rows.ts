import type { NearQuestion, PastQuestion } from "@larder/contracts";
import type { DotKernel, LinearMemory } from "@larder/dot-kernel";
import { createDotKernel, createLinearMemory, memoryPageBytes, strideBytesStep } from "@larder/dot-kernel";

type Entry = Pick<PastQuestion, "receiptId" | "outcomes" | "atMs">;

/**
 * The past questions of one knowledge base in memory: rows of vectors, one after the other, that a look-up compares all.
 * Once there are `rowsMax`, a new one takes the place of the oldest. Memory lies as query | scores | rows and grows with
 * the rows. Cost of a look-up: `O(rows × dimensions)`; 0.1 ms for 2,000 rows of 256 (docs/measurements.md).
 */
export class NearestRows {
  readonly dimensions: number;
  readonly #rowsMax: number;
  readonly #stride: number;
  readonly #rowsAt: number;
  readonly #memory: LinearMemory;
  readonly #kernel: DotKernel;
  readonly #entries: Entry[] = [];
  #next = 0;

  constructor(dimensions: number, rowsMax: number) {
    this.dimensions = dimensions;
    this.#rowsMax = rowsMax;
    this.#stride = Math.ceil((dimensions * 4) / strideBytesStep) * strideBytesStep;
    this.#rowsAt = this.#stride + Math.ceil((rowsMax * 4) / strideBytesStep) * strideBytesStep;
    this.#memory = createLinearMemory(Math.ceil(this.#rowsAt / memoryPageBytes));
    this.#kernel = createDotKernel(this.#memory);
  }

  add(vector: Float32Array, { receiptId, outcomes, atMs }: Entry): void {
    const place = this.#next;
    this.#next = (this.#next + 1) % this.#rowsMax;
    const at = this.#rowsAt + place * this.#stride;
    const missing = at + this.#stride - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / memoryPageBytes));
    new Float32Array(this.#memory.buffer, at, this.dimensions).set(vector);
    this.#entries[place] = { receiptId, outcomes, atMs };
  }

  /** Nothing where the question is not here. */
  setOutcomes(receiptId: Entry["receiptId"], outcomes: Entry["outcomes"]): void {
    const place = this.#entries.findIndex((each) => each.receiptId === receiptId);
    const entry = this.#entries[place];
    if (entry !== undefined) this.#entries[place] = { ...entry, outcomes };
  }

  /** By place, which is no order. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The nearest first, of equal ones the newer; a vector of other dimensions is near none. */
  nearest(vector: Float32Array, limit: number, similarityMin: number): readonly NearQuestion[] {
    const count = this.#entries.length;
    if (count === 0 || vector.length !== this.dimensions) return [];
    const { buffer } = this.#memory;
    new Float32Array(buffer, 0, this.dimensions).set(vector);
    const [start, end] = [this.#rowsAt, this.#rowsAt + count * this.#stride];
    this.#kernel.dots(start, end, this.#stride, 0, this.#stride);
    const scores = new Float32Array(buffer, this.#stride, count);
    const best: number[] = [];
    for (let place = 0; place < count; place += 1) {
      if ((scores[place] as number) < similarityMin) continue;
      let rank = best.length;
      while (rank > 0 && this.#isBefore(place, best[rank - 1] as number, scores)) rank -= 1;
      if (rank >= limit) continue;
      best.splice(rank, 0, place);
      if (best.length > limit) best.pop();
    }
    return best.flatMap((place) => {
      const entry = this.#entries[place];
      if (entry === undefined) return [];
      return [{ similarity: scores[place] as number, outcomes: entry.outcomes, atMs: entry.atMs }];
    });
  }

  #isBefore(a: number, b: number, scores: Float32Array): boolean {
    const [nearA, nearB] = [scores[a] as number, scores[b] as number];
    if (nearA !== nearB) return nearA > nearB;
    return (this.#entries[a]?.atMs ?? 0) > (this.#entries[b]?.atMs ?? 0);
  }
}
