import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { addOf, asLabel, clusteredVectors, killHost, seededRandom } from "@larder/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { call, embedderId, kb, temporaryFolder } from "../test/temporary-index.ts";
import { createFollowedIndex } from "./follow-operation-log.ts";
import type { HostedIndex, VectorIndexOptions } from "./hosted-index.ts";
import { openVectorIndex } from "./hosted-index.ts";

const dimensions = 8;
const axis = (i: number): Float32Array => new Float32Array(dimensions).fill(1, i, i + 1);
const operations = Array.from({ length: 8 }, (_, i) => addOf(i + 1, i + 1, axis(i)));
const log = {
  prunedThrough: async () => 0,
  latestSequence: async () => 8,
  readAfter: async (_: unknown, after: number) => operations.slice(after),
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
/** Starting a process takes half a second, so the tests share one and leave it empty. */
let shared: HostedIndex;
beforeAll(async () => {
  folder = await temporaryFolder();
  shared = await openIn("shared");
});
afterEach(() => shared.drop(kb, call));
afterAll(async () => {
  await shared.close();
  await folder[Symbol.asyncDispose]();
});

function openIn(name: string, options: Partial<VectorIndexOptions> = {}): Promise<HostedIndex> {
  return openVectorIndex({ folder: join(folder.path, name), dimensions, embedderId, ...options }, call);
}

describe("the index in its own process", () => {
  it("repeats a search whose process was killed under it, and says that what was not saved is gone", async () => {
    await shared.apply(kb, operations.slice(0, 4), { after: 0 }, call);
    await shared.checkpoint(kb, call);
    await shared.apply(kb, operations, { after: 0 }, call);
    killHost(shared);
    const result = await shared.search(kb, axis(0), { limit: 1 }, call);
    expect(result).toEqual({ hits: [{ label: 1, score: 1 }], appliedSequence: 4 });
  });

  it("finds all that the log holds after its process was killed", async () => {
    const followed = createFollowedIndex({ index: shared, log });
    for (let i = 0; i < 2; i++) {
      expect((await followed.search(kb, axis(7), { limit: 1 }, call)).hits[0]?.label).toBe(8);
      killHost(shared);
    }
    expect((await followed.search(kb, axis(6), { limit: 1, allowed: new Set([asLabel(7)]) }, call)).hits).toEqual([
      { label: 7, score: 1 },
    ]);
  });

  it("finds the nearest of tens of thousands of allowed labels, wherever they stand", async () => {
    const count = 25_000;
    const random = seededRandom(5);
    const many = clusteredVectors(count, dimensions, random).map((vector, i) => addOf(i + 1, i + 1, vector));
    await shared.apply(kb, many, { after: 0 }, call);
    const ranked = (await shared.search(kb, axis(0), { limit: count }, call)).hits;
    expect(ranked).toHaveLength(count);
    for (const isAllowed of [
      (rank: number) => rank > 0,
      (rank: number) => rank > 4_000,
      (rank: number) => rank % 6 > 0,
    ]) {
      const among = ranked.filter((_, rank) => isAllowed(rank));
      const allowed = new Set(among.map(({ label }) => label));
      expect((await shared.search(kb, axis(0), { limit: 10, allowed }, call)).hits).toEqual(among.slice(0, 10));
    }
  });

  it("rejects an apply whose process was killed, which may be repeated", async () => {
    await shared.status(kb, call); // knows where the collection is, so that the next request goes out at once
    const pending = shared.apply(kb, operations, { after: 0 }, call);
    killHost(shared);
    await expect(pending).rejects.toMatchObject({ code: "INDEX_UNAVAILABLE", retryable: true });
    await shared.apply(kb, operations, { after: 0 }, call);
    expect(await shared.status(kb, call)).toMatchObject({ count: 8, appliedSequence: 8 });
  });

  it("leaves a collection where it is when dropping it was given up", async () => {
    await shared.apply(kb, operations, { after: 0 }, call);
    const reason = new Error("the reader left");
    await expect(shared.drop(kb, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(shared.isHeld(kb)).toBe(true);
  });

  it("saves what was applied when it is closed, and may be closed twice", async () => {
    const index = await openIn("closed");
    await index.apply(kb, operations, { after: 0 }, call);
    await index.close();
    await index.close();
    expect(await readdir(join(folder.path, "closed", kb))).toEqual(["0000000001"]);
    expect(index.health()).toMatchObject({ state: "down" });
    await expect(index.search(kb, axis(0), { limit: 1 }, call)).rejects.toMatchObject({ code: "INDEX_UNAVAILABLE" });
    await expect(index.status(kb, call)).rejects.toMatchObject({ code: "INDEX_UNAVAILABLE" });
  });

  it("tells in its health when exact search has to stand in for a missing library", async () => {
    await using index = await openIn("exact", { graphs: "none", exactVectorsMax: 5 });
    expect(index.health()).toEqual({
      name: "vector-index",
      state: "ok",
      detail: "exact search only: no library for graphs; 0 open",
    });
    await index.apply(kb, operations, { after: 0 }, call);
    expect(await index.search(kb, axis(2), { limit: 1 }, call)).toMatchObject({
      hits: [{ label: 3 }],
      degraded: expect.stringContaining("no library"),
    });
    await expect.poll(() => index.health().state).toBe("degraded");
  });

  it("is degraded while its process starts again, and well after", async () => {
    killHost(shared);
    await expect.poll(() => shared.health().state, { interval: 1 }).toBe("degraded");
    await expect.poll(() => shared.health().state, { timeout: 10_000 }).toBe("ok");
  });

  it("rejects with the signal's own reason when it is opened or asked too late", async () => {
    const reason = new Error("the reader left");
    const aborted = { signal: AbortSignal.abort(reason) };
    await expect(openVectorIndex({ folder: folder.path, dimensions, embedderId }, aborted)).rejects.toBe(reason);
  });
});
