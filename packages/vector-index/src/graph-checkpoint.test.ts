import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { addOf, clusteredVectors, deleteOf, seededRandom } from "@larder/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { call, embedderId, graphAnswers, kb, temporaryFolder } from "../test/temporary-index.ts";
import { codeGraphs } from "./graphs/codes/code-graphs.ts";
import type { LocalIndex, LocalIndexOptions } from "./local-index.ts";
import { openLocalIndex } from "./local-index.ts";
import { readManifest } from "./manifest.ts";

const dimensions = 16;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, "vectors");
});
afterEach(() => folder[Symbol.asyncDispose]());

const openHere = (options: Partial<LocalIndexOptions> = {}): LocalIndex =>
  openLocalIndex({ folder: path, dimensions, embedderId, exactVectorsMax: 100, ...options }, codeGraphs);

const generationsOf = async (): Promise<string[]> => (await readdir(join(path, kb))).toSorted();

describe("a graph that is finished right after a checkpoint", () => {
  it("is in the next one, though nothing was applied in between", async () => {
    {
      await using index = openHere();
      const many = clusteredVectors(3_000, dimensions, seededRandom(5)); // several slices of building
      await index.apply(
        kb,
        many.map((vector, i) => addOf(i + 1, i + 1, vector)),
        { after: 0 },
        call,
      );
      await index.checkpoint(kb, call); // with a graph that has just been begun
      for (;;) {
        const { ef, degraded } = await index.status(kb, call);
        if (degraded === undefined && ef !== undefined) break;
        await new Promise((resolve) => setImmediate(resolve));
      }
      await index.checkpoint(kb, call);
      await cp(path, `${path}-copy`, { recursive: true }); // as a process that is killed leaves it
    }
    await using again = openHere({ folder: `${path}-copy` });
    expect(await again.status(kb, call)).toMatchObject({ kind: "hnsw", ef: expect.any(Number) });
  });

  it("is saved by itself, also where it takes the place of one of the same ef", async () => {
    await using index = openHere({ checkpointIdleMs: 10 });
    const count = 3_000;
    const dead = 1_200; // more than three of ten
    const adds = clusteredVectors(count, dimensions, seededRandom(5)).map((vector, i) => addOf(i + 1, i + 1, vector));
    const nodesSaved = async (): Promise<number | undefined> => {
      const generation = (await generationsOf()).filter((name) => /^\d+$/.test(name)).at(-1) ?? "";
      const { graph, tuning } = await readManifest(join(path, kb, generation, "manifest.json"), dimensions, embedderId);
      return tuning && graph?.nodes;
    };
    await index.apply(kb, adds, { after: 0 }, call);
    await expect.poll(nodesSaved, { timeout: 20_000 }).toBe(count);
    const deletes = Array.from({ length: dead }, (_, i) => deleteOf(count + 1 + i, i + 1));
    await index.apply(kb, deletes, { after: count }, call);
    await index.checkpoint(kb, call); // with the graph that has too many dead nodes
    await expect.poll(nodesSaved, { timeout: 20_000 }).toBe(count - dead);
  });

  it("is saved with what it was measured by, though its ef is as it was", async () => {
    const many = clusteredVectors(1_500, dimensions, seededRandom(5));
    {
      await using index = openHere();
      const adds = many.map((vector, i) => addOf(i + 1, i + 1, vector));
      await index.apply(kb, adds, { after: 0 }, call);
      await graphAnswers(index, kb);
      await expect.poll(async () => (await index.status(kb, call)).asked).toBe(0);
      await index.checkpoint(kb, call);
      for (const vector of many.slice(0, 1_000)) await index.search(kb, vector, { limit: 10 }, call);
      await expect.poll(async () => (await index.status(kb, call)).asked, { timeout: 20_000 }).toBe(1_000);
    }
    await using again = openHere();
    expect((await again.status(kb, call)).asked).toBe(1_000);
  });
});
