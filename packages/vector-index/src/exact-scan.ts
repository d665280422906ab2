import type { Label, VectorHit } from "@larder/contracts";
import { TopHits } from "./top-hits.ts";
import type { VectorMatrix } from "./vector-matrix.ts";
import { rowsPerBlock } from "./vector-matrix.ts";

/**
 * Exact search in slices. The matrix may change in between: what was added, removed or moved to another row meanwhile may
 * be in the result or not, which {@link recallOf} allows for.
 */
export class ExactScan {
  readonly query: Float32Array;
  readonly #matrix: VectorMatrix;
  readonly #top: TopHits;
  #nextRow = 0;

  constructor(matrix: VectorMatrix, query: Float32Array, limit: number) {
    this.#matrix = matrix;
    this.query = query;
    this.#top = new TopHits(limit);
  }

  /** Compares until the time is over, or to the end; then the best are returned. */
  work(untilMs: number): readonly VectorHit[] | undefined {
    while (this.#nextRow < this.#matrix.count) {
      this.#matrix.scan(this.query, this.#nextRow, this.#nextRow + rowsPerBlock, this.#top);
      this.#nextRow += rowsPerBlock;
      if (performance.now() >= untilMs) break;
    }
    if (this.#nextRow < this.#matrix.count) return undefined;
    return this.#top.list().filter(({ label }) => this.#matrix.has(label));
  }
}

/**
 * Share of `truth` that was found, 0 … 1: hits count that are as good as the last of it, so that neither a tie nor a
 * vector that came while `truth` was made counts as an error. 1 when there was nothing to find.
 */
export function recallOf(found: readonly VectorHit[], truth: readonly VectorHit[]): number {
  const last = truth.at(-1);
  if (last === undefined) return 1;
  const good = found.filter(({ score }) => score >= last.score - scoreRounding).length;
  return Math.min(1, good / truth.length);
}

/** The first `limit` without the vector that the query was made of. */
export function withoutOwn(hits: readonly VectorHit[], own: Label | undefined, limit: number): readonly VectorHit[] {
  return hits.filter(({ label }) => label !== own).slice(0, limit);
}

const scoreRounding = 1e-6; // of a cosine that is summed in float32
