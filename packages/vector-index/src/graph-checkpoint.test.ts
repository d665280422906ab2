import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { addOf, clusteredVectors, deleteOf, seededRandom } from "@larder/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changed, libraries } from "../test/graph-libraries.ts";
import { call, embedderId, graphAnswers, kb, temporaryFolder } from "../test/temporary-index.ts";
import { codeGraphs } from "./graphs/codes/code-graphs.ts";
import type { GraphLibrary } from "./graphs/vector-graph.ts";
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

const openHere = (options: Partial<LocalIndexOptions> = {}, library: GraphLibrary = codeGraphs): LocalIndex =>
  openLocalIndex({ folder: path, dimensions, embedderId, exactVectorsMax: 100, ...options }, library);

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
      await expect.poll(async () => (await index.status(kb, call)).asked, { timeout: 20_000 }).toBe(0);
      await index.checkpoint(kb, call);
      for (const vector of many.slice(0, 1_000)) await index.search(kb, vector, { limit: 10 }, call);
      await expect.poll(async () => (await index.status(kb, call)).asked, { timeout: 20_000 }).toBe(1_000);
    }
    await using again = openHere();
    expect((await again.status(kb, call)).asked).toBe(1_000);
  });
});

describe.skipIf(libraries.length < 2)("a graph that another library wrote", () => {
  const [own, other] = libraries;

  it.each([
    { what: "an update", before: other, after: own },
    { what: "going back", before: own, after: other },
  ])("is made anew by itself after $what, with exact answers that say so meanwhile", async ({ before, after }) => {
    const many = clusteredVectors(400, dimensions, seededRandom(8));
    const adds = many.map((vector, i) => addOf(i + 1, i + 1, vector));
    const query = many[7] ?? new Float32Array(dimensions);
    const searched = async (index: LocalIndex) => (await index.search(kb, query, { limit: 10 }, call)).hits;
    let truth: unknown;
    {
      await using index = openHere({}, before);
      await index.apply(kb, adds, { after: 0 }, call);
      truth = await searched(index); // the graph is not built yet
      await graphAnswers(index, kb);
      await index.checkpoint(kb, call);
    }
    let isStopped = true;
    const slow = changed(after ?? codeGraphs, (graph) => {
      const add = graph.add.bind(graph);
      graph.add = (label, vector) => {
        const untilMs = performance.now() + (isStopped ? 20 : 0); // a slice of the work is one vector
        while (performance.now() < untilMs);
        add(label, vector);
      };
    });
    {
      await using index = openHere({ checkpointIdleMs: 10 }, slow);
      expect(await index.status(kb, call)).toMatchObject({ kind: "exact", appliedSequence: 400, count: 400 });
      expect(index.health()).toMatchObject({ state: "degraded", detail: expect.stringContaining("is building") });
      expect(await searched(index)).toEqual(truth);
      isStopped = false;
      await graphAnswers(index, kb);
      await expect.poll(() => index.health().state).toBe("ok");
    }
    await using again = openHere({}, after);
    expect(await again.status(kb, call)).toMatchObject({ kind: "hnsw", count: 400 });
  });
});

it("leaves a graph where it is that cannot be read just now, however often, and has it later", async () => {
  const adds = clusteredVectors(300, dimensions, seededRandom(9)).map((vector, i) => addOf(i + 1, i + 1, vector));
  {
    await using index = openHere();
    await index.apply(kb, adds, { after: 0 }, call);
    await graphAnswers(index, kb);
    await index.checkpoint(kb, call);
  }
  let failuresLeft = 3; // more than the loads that may end with the process
  const library: GraphLibrary = {
    ...codeGraphs,
    async load(...inputs) {
      failuresLeft -= 1;
      if (failuresLeft < 0) return codeGraphs.load(...inputs);
      throw Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE", syscall: "open" });
    },
  };
  await using index = openHere({}, library);
  while (failuresLeft > 0) await expect(index.status(kb, call)).rejects.toMatchObject({ code: "INDEX_UNAVAILABLE" });
  expect(await index.status(kb, call)).toMatchObject({ kind: "hnsw", count: 300 });
  expect((await readdir(join(path, kb), { recursive: true })).filter((name) => name.includes("bad"))).toEqual([]);
});
