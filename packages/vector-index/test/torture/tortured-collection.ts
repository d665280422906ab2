import type { Call, EmbedderId, IndexOperation, IndexOperationLog, VectorSearchResult } from "@larder/contracts";
import { addOf, clusteredVectors, deleteOf, seededRandom, VectorModel } from "@larder/testkit";

export const call: Call = { signal: new AbortController().signal };
export const dimensions = 32;
export const embedderId = "torture@1/32" as EmbedderId;
/** Small, so that a graph of a few hundred vectors is built in milliseconds. */
export const exactVectorsMax = 200;

const queryCount = 4;
const lengthMax = 1_000;
const limit = 10;

/**
 * One log and what an index without faults makes of it. Every collection that is tortured follows the same log, so the
 * oracle's answers are computed once.
 */
export class TorturedLog implements IndexOperationLog {
  readonly operations: readonly IndexOperation[];
  readonly queries: readonly Float32Array[];
  readonly #wanted: readonly ReadonlyMap<number, number>[];
  readonly #least: readonly number[];

  constructor(length: number, seed: number) {
    const vectors = clusteredVectors(lengthMax, dimensions, seededRandom(seed)); // a longer log begins like a shorter one
    this.operations = vectors
      .slice(0, length)
      .map((vector, i) =>
        i % 12 === 11 ? deleteOf(i + 1, i - 3) : addOf(i + 1, i % 17 === 16 ? i - 5 : i + 1, vector),
      );
    this.queries = clusteredVectors(queryCount, dimensions, seededRandom(seed + 1));
    const model = new VectorModel();
    model.apply(this.operations);
    const ranked = this.queries.map((query) => model.rank(query));
    this.#wanted = ranked.map((hits) => new Map(hits.map(({ label, score }) => [label, score])));
    this.#least = ranked.map((hits) => hits[limit - 1]?.score ?? -1);
  }

  get sequence(): number {
    return this.operations.length;
  }

  async prunedThrough(): Promise<number> {
    return 0;
  }

  async latestSequence(): Promise<number> {
    return this.sequence;
  }

  async readAfter(_: unknown, sequence: number, count: number): Promise<readonly IndexOperation[]> {
    return this.operations.slice(sequence, sequence + count);
  }

  /**
   * What is wrong with the answers to all queries; `undefined` when nothing is. Scores are true cosines of live vectors,
   * and the hits are the oracle's: all of them where exact search answers, all but `missingMax` where a graph does.
   */
  async wrong(
    search: (query: Float32Array, limit: number) => Promise<VectorSearchResult>,
    missingMax = 0,
  ): Promise<string | undefined> {
    for (const [i, query] of this.queries.entries()) {
      const { hits, appliedSequence } = await search(query, limit);
      if (appliedSequence !== this.sequence) return `query ${i} was answered from operation ${appliedSequence}`;
      if (hits.length !== limit) return `query ${i} has ${hits.length} hits`;
      const scores = this.#wanted[i];
      const least = (this.#least[i] ?? -1) - 1e-5; // closer than float32 can tell is the same
      for (const { label, score } of hits) {
        const isTrue = Math.abs((scores?.get(label) ?? Number.NaN) - score) < 1e-4;
        if (!isTrue) return `query ${i} gives label ${label} the score ${score}, which is ${scores?.get(label)}`;
      }
      const found = hits.filter(({ label }) => (scores?.get(label) ?? -2) >= least).length;
      if (found < limit - missingMax) return `query ${i} finds ${found} of the nearest ${limit}`;
    }
    return undefined;
  }
}
