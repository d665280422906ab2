import type { Label } from "@larder/contracts";
import type { VectorMatrix } from "./vector-matrix.ts";

export const recentMax = 300;
/**
 * How much of another vector is added to a stored one. Stored vectors alone are too easy: a graph finds their neighbours
 * with a quarter of the ef that questions need. With this share generated queries need about half as much again as questions
 * do, so recall is safe before anything was asked; see docs/decisions/0031-index-kinds.md.
 */
const otherShare = 0.5;

/** The last queries that came, for measuring recall with what is really asked. */
export class RecentQueries {
  readonly #ring: Float32Array[] = [];
  #next = 0;

  note(vector: Float32Array): void {
    this.#ring[this.#next] = vector.slice(); // the caller's may be a view of a larger buffer
    this.#next = (this.#next + 1) % recentMax;
  }

  get isFull(): boolean {
    return this.#ring.length === recentMax;
  }

  list(): readonly Float32Array[] {
    return this.#ring;
  }
}

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
