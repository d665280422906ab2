import type { VectorMatrix } from "./vector-matrix.ts";
import { squaredNorm } from "./vector-matrix.ts";

const recentMax = 64;
const perturbation = 0.5; // of a unit vector, in a random direction: its cosine with the vector it came from is 0.89

/** The last queries that came, for measuring recall with what is really asked. */
export class RecentQueries {
  readonly #ring: Float32Array[] = [];
  #next = 0;

  note(vector: Float32Array): void {
    this.#ring[this.#next] = vector.slice(); // the caller's may be a view of a larger buffer
    this.#next = (this.#next + 1) % recentMax;
  }

  list(): readonly Float32Array[] {
    return this.#ring;
  }
}

/**
 * `count` queries: recent ones first, at most half of them, then vectors that are stored, moved so that they are not
 * trivially their own nearest neighbours. None when nothing is stored.
 */
export function sampleQueries(
  matrix: VectorMatrix,
  recent: RecentQueries,
  count: number,
  random: () => number,
): readonly Float32Array[] {
  if (matrix.count === 0) return [];
  const queries = recent.list().slice(0, Math.floor(count / 2));
  const labels = matrix.labels;
  const moved = Array.from({ length: count - queries.length }, () => {
    const label = labels[Math.floor(random() * labels.length)];
    return label === undefined ? new Float32Array(matrix.dimensions).fill(1) : move(matrix.row(label), random);
  });
  return [...queries, ...moved];
}

function move(unit: Float32Array, random: () => number): Float32Array {
  const direction = unit.map(() => random() + random() + random() - 1.5);
  const scale = perturbation / Math.sqrt(squaredNorm(direction) || 1);
  return unit.map((value, i) => value + (direction[i] ?? 0) * scale);
}
