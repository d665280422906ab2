import type { Call, IndexOperation, KnowledgeBaseId, VectorHit, VectorIndex } from "@larder/contracts";
import { expect } from "vitest";
import { asLabel, VectorModel } from "../vector-model.ts";

/** One collection of an index beside an oracle, a map and a sort, that is told of all that is applied to it. */
export class VectorIndexJudge {
  readonly #collection: KnowledgeBaseId;
  readonly #call: Call;
  readonly #model = new VectorModel();
  /** Another one after it was opened again. */
  index: VectorIndex;

  constructor(index: VectorIndex, collection: KnowledgeBaseId, call: Call) {
    this.index = index;
    this.#collection = collection;
    this.#call = call;
  }

  async apply(operations: readonly IndexOperation[]): Promise<void> {
    await this.index.apply(this.#collection, operations, { after: 0 }, this.#call);
    this.#model.apply(operations);
  }

  async search(query: Float32Array, limit: number, allowed?: readonly number[]): Promise<readonly VectorHit[]> {
    const options = allowed === undefined ? { limit } : { limit, allowed: new Set(allowed.map(asLabel)) };
    return (await this.index.search(this.#collection, query, options, this.#call)).hits;
  }

  /** Every score is the true cosine; of the true nearest, at least the share `recallMin` is found. */
  async expectSame(
    queries: readonly Float32Array[],
    recallMin: number,
    limit: number,
    allowed?: readonly number[],
  ): Promise<void> {
    let found = 0;
    let wanted = 0;
    for (const query of queries) {
      const ranked = this.#model.rank(query, allowed && new Set(allowed));
      const hits = await this.search(query, limit, allowed);
      expect(hits).toHaveLength(Math.min(limit, ranked.length));
      expectInOrder(hits);
      const scores = new Map(ranked.map((hit) => [hit.label, hit.score]));
      for (const hit of hits) expect(hit.score).toBeCloseTo(scores.get(hit.label) ?? Number.NaN, 5);
      const least = (ranked[hits.length - 1]?.score ?? 1) - 1e-5; // closer than float32 can tell is the same
      found += hits.filter((hit) => (scores.get(hit.label) ?? -2) >= least).length;
      wanted += hits.length;
    }
    expect(found).toBeGreaterThanOrEqual(wanted * recallMin);
  }
}

function expectInOrder(hits: readonly VectorHit[]): void {
  for (const [i, hit] of hits.entries()) {
    const next = hits[i + 1];
    if (next === undefined) return;
    expect(hit.score > next.score || (hit.score === next.score && hit.label < next.label)).toBe(true);
  }
}
