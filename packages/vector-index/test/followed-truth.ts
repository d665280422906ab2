import type {
  IndexOperation,
  IndexOperationLog,
  VectorCollectionId,
  VectorIndex,
  VectorSearchResult,
} from "@larder/contracts";
import { asLabel, VectorModel } from "@larder/testkit";
import { expect } from "vitest";
import type { FollowedIndex } from "../src/index.ts";
import { createFollowedIndex } from "../src/index.ts";
import { call, kb } from "./temporary-index.ts";

/** A log, what it makes of an index without faults, and the index that follows it. */
export class FollowedTruth implements IndexOperationLog {
  readonly model = new VectorModel();
  readonly #operations: IndexOperation[];
  readonly #followed: FollowedIndex;

  constructor(index: VectorIndex, operations: readonly IndexOperation[] = []) {
    this.#operations = [...operations];
    this.model.apply(operations);
    this.#followed = createFollowedIndex({ index, log: this, operationsPerPage: 100 });
  }

  /** The same log, followed by another index. */
  over(index: VectorIndex): FollowedTruth {
    return new FollowedTruth(index, this.#operations);
  }

  get sequence(): number {
    return this.#operations.length;
  }

  get count(): number {
    return this.model.vectors.size;
  }

  append(make: (sequence: number) => IndexOperation): void {
    const operation = make(this.#operations.length + 1);
    this.#operations.push(operation);
    this.model.apply([operation]);
  }

  catchUp(): Promise<void> {
    return this.#followed.catchUp(kb, call);
  }

  /** The very hits of the oracle, whatever was appended before; a retryable failure is repeated as a caller would. */
  async expectSame(query: Float32Array, limit: number, allowed?: ReadonlySet<number>): Promise<void> {
    const { sequence } = this;
    const ranked = this.model.rank(query, allowed);
    const among = allowed && new Set([...allowed].map(asLabel));
    const { hits, appliedSequence } = await this.#search(
      query,
      among === undefined ? { limit } : { limit, allowed: among },
    );
    expect(appliedSequence).toBe(sequence);
    expect(hits.map(({ score }) => score)).toEqual(ranked.slice(0, limit).map(({ score }) => expect.closeTo(score, 5)));
    const scores = new Map(ranked.map(({ label, score }) => [label, score]));
    for (const { label, score } of hits) expect(scores.get(label)).toBeCloseTo(score, 5);
    expect(new Set(hits.map(({ label }) => label)).size).toBe(hits.length);
  }

  async #search(query: Float32Array, options: Parameters<VectorIndex["search"]>[2]): Promise<VectorSearchResult> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#followed.search(kb, query, options, call);
      } catch (thrown) {
        if (attempt === 5) throw thrown;
        expect(thrown).toMatchObject({ retryable: true });
      }
    }
  }

  async prunedThrough(): Promise<number> {
    return 0;
  }

  async latestSequence(): Promise<number> {
    return this.sequence;
  }

  async readAfter(_: VectorCollectionId, sequence: number, limit: number): Promise<readonly IndexOperation[]> {
    return this.#operations.slice(sequence, sequence + limit);
  }
}
