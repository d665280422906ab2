import { join } from "node:path";
import type { IndexOperation, IndexOperationLog } from "@larder/contracts";
import { addOf, clusteredVectors, deleteOf, killHost, seededRandom, VectorModel } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { createFollowedIndex, openVectorIndex } from "../src/index.ts";
import { call, embedderId, kb, temporaryFolder } from "./temporary-index.ts";

const dimensions = 32;
const operationCount = 4_000;
const random = seededRandom(2_026);
const vectors = clusteredVectors(operationCount, dimensions, random);
const queries = clusteredVectors(10, dimensions, random);

const operations: readonly IndexOperation[] = vectors.map((vector, i) => {
  const sequence = i + 1;
  if (i % 7 === 6) return deleteOf(sequence, 1 + Math.floor(random() * i));
  return addOf(sequence, i % 11 === 10 ? 1 + Math.floor(random() * i) : sequence, vector);
});

/** A log that grows while it is followed, as documents do that are being added. */
class GrowingLog implements IndexOperationLog {
  committed = 0;

  async prunedThrough(): Promise<number> {
    return 0;
  }

  async latestSequence(): Promise<number> {
    return this.committed;
  }

  async readAfter(_: unknown, sequence: number, limit: number): Promise<readonly IndexOperation[]> {
    return operations.slice(sequence, Math.min(this.committed, sequence + limit));
  }
}

describe.each([
  { what: "exact search", exactVectorsMax: 1_000_000 },
  { what: "a graph", exactVectorsMax: 500 },
])("an index by $what whose process is killed again and again", ({ exactVectorsMax }) => {
  it("answers like the model each time, and at the end", async () => {
    await using folder = await temporaryFolder();
    const options = { folder: join(folder.path, "vectors"), dimensions, embedderId, exactVectorsMax };
    await using index = await openVectorIndex({ ...options, checkpointOperations: 300 }, call);
    const log = new GrowingLog();
    const followed = createFollowedIndex({ index, log, operationsPerPage: 100 });
    const model = new VectorModel();
    let kills = 0;
    while (log.committed < operationCount) {
      log.committed = Math.min(operationCount, log.committed + 400);
      model.apply(operations.slice(0, log.committed));
      // Together, so that the kill falls somewhere into applying, saving or building.
      const work = [followed.catchUp(kb, call), index.checkpoint(kb, call), index.checkpoint(kb, call)];
      await new Promise((resolve) => setTimeout(resolve, random() * 40)); // the point in time is what is drawn here
      killHost(index);
      kills += 1;
      await Promise.allSettled(work);
      for (const query of queries.slice(0, 2)) await expectSame(query, 10);
    }
    expect(kills).toBe(10);
    for (const query of queries) await expectSame(query, 10);

    async function expectSame(query: Float32Array, limit: number): Promise<void> {
      const { hits, appliedSequence } = await followed
        .search(kb, query, { limit }, call)
        .catch(() => followed.search(kb, query, { limit }, call)); // the kill may reach the restarted host: retryable
      expect(appliedSequence).toBe(log.committed);
      const ranked = model.rank(query);
      const scores = new Map(ranked.map((hit) => [hit.label, hit.score]));
      for (const hit of hits) expect(hit.score).toBeCloseTo(scores.get(hit.label) ?? Number.NaN, 5);
      const wanted = new Set(ranked.slice(0, limit).map((hit) => hit.label));
      const found = hits.filter((hit) => wanted.has(hit.label)).length;
      expect(found).toBeGreaterThanOrEqual(exactVectorsMax > operationCount ? limit : limit - 1);
    }
  });
});
