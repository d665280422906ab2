import type { Label } from "@larder/contracts";
import type { VectorMatrix } from "./vector-matrix.ts";

export const recentMax = 1_000; // 300 left a lower bound so wide that twice the ef was chosen
/**
 * How much of another vector is added to a stored one. Stored vectors alone are too easy: a graph finds their neighbours
 * with a quarter of the ef that questions need. With this share generated queries need about half as much again as questions
 * do, so recall is safe before anything was asked; see docs/decisions/0031-index-kinds.md.
 */
const otherShare = 0.5;

/**
 * Some of the last few thousand queries, for measuring recall with what is really asked. Neighbours in time are often
 * alike, so once it is full only one of eight is taken in, in the place of any.
 */
export class RecentQueries {
  readonly #kept: Float32Array[] = [];
  #total = 0;

  note(vector: Float32Array): void {
    this.#total += 1;
    const isFull = this.#kept.length === recentMax;
    if (isFull && this.#total % oneOf !== 0) return;
    const place = isFull ? Math.floor(Math.random() * recentMax) : this.#kept.length;
    this.#kept[place] = vector.slice(); // the caller's may be a view of a larger buffer
  }

  /** Queries that came, kept or not. */
  get total(): number {
    return this.#total;
  }

  list(): readonly Float32Array[] {
    return this.#kept;
  }
}

const oneOf = 8;

export interface SampledQuery {
  readonly vector: Float32Array;
  /** The stored vector that it was made of, which is too easily found to count. */
  readonly own: Label | undefined;
}

/** `count` queries: recent ones, then mixtures of stored vectors. None when nothing is stored. */
export function sampleQueries(
  matrix: VectorMatrix,
  recent: RecentQueries,
  count: number,
  random: () => number,
): readonly SampledQuery[] {
  const { labels } = matrix;
  const any = (): Label | undefined => labels[Math.floor(random() * labels.length)];
  const asked = recent.list().slice(0, count);
  const mixed = Array.from({ length: count - asked.length }, () => mixture(matrix, any(), any()));
  return [...asked.map((vector) => ({ vector, own: undefined })), ...mixed.filter((query) => query !== undefined)];
}

function mixture(matrix: VectorMatrix, own: Label | undefined, other: Label | undefined): SampledQuery | undefined {
  if (own === undefined || other === undefined) return undefined;
  const added = matrix.row(other);
  const vector = matrix.row(own).map((value, i) => value + otherShare * (added[i] ?? 0));
  return vector.every((value) => value === 0) ? undefined : { vector, own };
}
