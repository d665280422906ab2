import type { CodeKernel, LinearMemory } from "@larder/dot-kernel";
import { codesStep, createCodeKernel } from "@larder/dot-kernel";
import { roomBytesMax, withRoom } from "../../row-memory.ts";

/** Rows that are scored in one call at most. */
export const batchMax = 128;

const codeMax = 127;

/** Bytes from one row to the next. */
export function strideOf(dimensions: number): number {
  return Math.ceil(dimensions / codesStep) * codesStep;
}

/**
 * A code is off by up to half its scale, evenly distributed: variance `scale² / 12` for each number. The product of two unit
 * vectors is off by the sum of all these, each multiplied by the other's number, whose squares add up to one.
 */
const errorDeviations = 3;

/**
 * Unit vectors as signed bytes, which use the whole range for a vector's largest number, and a scale: `number ≈ code × scale`. One memory:
 * `[codes of a question | these widened | numbers of rows to be scored | their products | rows]`. The product of two rows
 * of 256 numbers differs from that of the vectors by about 0.001.
 */
export class CodeRows {
  readonly dimensions: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  count = 0;
  /** Numbers of the rows that {@link score} looks at. */
  batch = new Uint32Array(0);
  /** What it found of each. */
  readonly scores = new Float64Array(batchMax);
  #scales = new Float32Array(0);
  #questionScale = 1;
  #memory: LinearMemory | undefined;
  #kernel: CodeKernel | undefined;
  #codes = new Int8Array(0);
  #products = new Int32Array(0);
  readonly #widenedAt: number;
  readonly #batchAt: number;
  readonly #productsAt: number;
  readonly #rowsAt: number;
  /** As many as memory can hold. */
  readonly #rowsMax: number;

  /** With room for so many rows to begin with, as far as there can be. */
  constructor(dimensions: number, rows: number) {
    this.dimensions = dimensions;
    this.stride = strideOf(dimensions);
    this.#widenedAt = this.stride;
    this.#batchAt = this.#widenedAt + 2 * this.stride;
    this.#productsAt = this.#batchAt + 4 * batchMax;
    this.#rowsAt = this.#productsAt + 4 * batchMax;
    this.#rowsMax = Math.floor((roomBytesMax - this.#rowsAt) / this.stride);
    this.#reserve(Math.min(rows, this.#rowsMax));
  }

  get bytes(): number {
    return (this.#memory?.buffer.byteLength ?? 0) + this.#scales.byteLength;
  }

  /**
   * Gives the number of the new row.
   * @throws LarderError `INDEX_FULL`, `INDEX_UNAVAILABLE`, before anything is changed
   */
  add(vector: Float32Array): number {
    const wanted = this.count + 1;
    if (wanted > this.#scales.length) this.#reserve(Math.max(wanted, Math.min(Math.ceil(wanted * 1.5), this.#rowsMax)));
    const row = this.count++;
    this.#scales[row] = encode(vector, this.#codes, this.#rowsAt + row * this.stride);
    return row;
  }

  /** True when a row has the codes of this vector, but for rounding. */
  holds(row: number, vector: Float32Array): boolean {
    const codes = new Int8Array(this.dimensions);
    const scale = encode(vector, codes, 0);
    const start = this.#rowsAt + row * this.stride;
    const isNear = (code: number, i: number): boolean => Math.abs(code - (this.#codes[start + i] ?? 0)) <= 1;
    return Math.abs(scale - (this.#scales[row] ?? 0)) <= scale * 1e-5 && codes.every(isNear);
  }

  /** What rows are compared with from now on. */
  askFor(vector: Float32Array): void {
    this.#questionScale = encode(vector, this.#codes, 0);
    this.#kernel?.widen(0, this.stride, this.#widenedAt);
  }

  askForRow(row: number): void {
    this.#questionScale = this.#scales[row] as number;
    this.#kernel?.widen(this.#rowsAt + row * this.stride, this.stride, this.#widenedAt);
  }

  /** How far at most the scores of a row and of what is asked for differ from the cosine, but once in some hundred times. */
  errorOf(row: number): number {
    const scale = this.#scales[row] as number;
    return errorDeviations * Math.sqrt((scale ** 2 + this.#questionScale ** 2) / 12);
  }

  /** Fills in {@link scores} for the first `count` rows of the batch: cosines, as near as codes tell them. */
  score(count: number): void {
    const end = this.#batchAt + 4 * count;
    this.#kernel?.scoreRows(this.#batchAt, end, this.#widenedAt, this.stride, this.#rowsAt, this.#productsAt);
    const { scores, batch } = this;
    const products = this.#products;
    const scales = this.#scales;
    const questionScale = this.#questionScale;
    for (let i = 0; i < count; i++) {
      scores[i] = (products[i] as number) * (scales[batch[i] as number] as number) * questionScale;
    }
  }

  /** The cosine with one row. */
  scoreOf(row: number): number {
    this.batch[0] = row;
    this.score(1);
    return this.scores[0] as number;
  }

  /** For files: scales and codes of all rows. Valid until the next change. */
  parts(): readonly [scales: Float32Array, codes: Int8Array] {
    return [
      this.#scales.subarray(0, this.count),
      this.#codes.subarray(this.#rowsAt, this.#rowsAt + this.count * this.stride),
    ];
  }

  /** Takes so many rows and gives the places of their scales and codes, to be filled. For a table without rows. */
  restore(count: number): readonly [scales: Float32Array, codes: Int8Array] {
    this.#reserve(count);
    this.count = count;
    return this.parts();
  }

  /** What is wrong with rows that come from a file: a walk would find no way among such scores. */
  problem(): string | undefined {
    const [scales] = this.parts();
    return scales.every((scale) => scale > 0 && scale < 1) ? undefined : "a scale is out of range";
  }

  #reserve(rows: number): void {
    const { dimensions } = this;
    this.#memory = withRoom(this.#memory, this.#rowsAt + rows * this.stride, { vectors: rows, dimensions });
    this.#kernel ??= createCodeKernel(this.#memory);
    const { buffer } = this.#memory;
    this.#codes = new Int8Array(buffer);
    this.batch = new Uint32Array(buffer, this.#batchAt, batchMax);
    this.#products = new Int32Array(buffer, this.#productsAt, batchMax);
    if (rows <= this.#scales.length) return;
    const scales = new Float32Array(rows);
    scales.set(this.#scales);
    this.#scales = scales;
  }
}

/**
 * Writes codes and gives the scale that makes a unit vector of them. With any other, vectors that happen to become longer
 * would be nearer to all others, and among nearly equal ones a graph would link everything with those alone. The padding
 * behind the codes is zero and stays so.
 */
function encode(vector: Float32Array, codes: Int8Array, offset: number): number {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i] as number));
  const factor = codeMax / largest;
  let squares = 0;
  for (let i = 0; i < vector.length; i++) {
    const code = Math.round((vector[i] as number) * factor);
    codes[offset + i] = code;
    squares += code * code;
  }
  return 1 / Math.sqrt(squares);
}
