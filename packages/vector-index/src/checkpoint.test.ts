import { mkdir, open, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EmbedderId, VectorHit } from "@larder/contracts";
import { addOf, clusteredVectors, deleteOf, seededRandom } from "@larder/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { call, embedderId, graphAnswers, kb, temporaryFolder } from "../test/temporary-index.ts";
import { codeGraphs } from "./graphs/codes/code-graphs.ts";
import type { LocalIndex, LocalIndexOptions } from "./local-index.ts";
import { openLocalIndex } from "./local-index.ts";

const dimensions = 16;
const vectors = clusteredVectors(300, dimensions, seededRandom(4));
const query = vectors[40] ?? new Float32Array(dimensions);
const log = [...vectors.map((vector, i) => addOf(i + 1, i + 1, vector)), deleteOf(301, 41), deleteOf(302, 2)];

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
const sequenceOf = async (index: LocalIndex): Promise<number> => (await index.status(kb, call)).appliedSequence;

async function searchAfterReplay(index: LocalIndex): Promise<readonly VectorHit[]> {
  await index.apply(kb, log, { after: 0 }, call); // what it has is skipped
  return (await index.search(kb, query, { limit: 20 }, call)).hits;
}

/** Two generations: the first at sequence 200, the second at the log's end, the second with its graph. */
async function fill(): Promise<readonly VectorHit[]> {
  await using index = openHere();
  await index.apply(kb, log.slice(0, 200), { after: 0 }, call);
  await index.checkpoint(kb, call);
  await index.apply(kb, log, { after: 0 }, call);
  await graphAnswers(index, kb);
  await index.checkpoint(kb, call);
  return (await index.search(kb, query, { limit: 20 }, call)).hits;
}

const newest = (): string => join(path, kb, "0000000002");

async function overwrite(file: string, offset: number, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "r+");
  await handle.write(bytes, 0, bytes.byteLength, offset);
  await handle.close();
}

async function replaceByFolder(file: string): Promise<void> {
  await rm(file);
  await mkdir(file);
}

describe("generations", () => {
  it("keeps two, and writes none when nothing changed", async () => {
    await using index = openHere();
    for (const [i, operation] of log.slice(0, 5).entries()) {
      await index.apply(kb, [operation], { after: 0 }, call);
      await index.checkpoint(kb, call);
      await index.checkpoint(kb, call);
      expect((await generationsOf()).at(-1)).toBe(`000000000${i + 1}`);
    }
    expect(await generationsOf()).toEqual(["0000000004", "0000000005"]);
  });

  it("brings a graph back without building it again", async () => {
    const hits = await fill();
    await using index = openHere();
    expect(await index.status(kb, call)).toMatchObject({
      kind: "hnsw",
      count: 298,
      durableSequence: 200,
      appliedSequence: 302,
    });
    expect((await index.search(kb, query, { limit: 20 }, call)).hits).toEqual(hits);
  });

  it("goes on building a graph that was saved half-way", async () => {
    await using first = openHere({ exactVectorsMax: 10 });
    await first.apply(kb, log, { after: 0 }, call);
    await first[Symbol.asyncDispose]();
    await using second = openHere({ exactVectorsMax: 10 });
    await graphAnswers(second, kb);
    expect((await second.search(kb, query, { limit: 20 }, call)).hits).toHaveLength(20);
  });

  it("follows by itself after enough operations, and when it is idle", async () => {
    await using index = openHere({ checkpointOperations: 250, checkpointIdleMs: 1_000_000 });
    await index.apply(kb, log.slice(0, 260), { after: 0 }, call);
    await expect.poll(generationsOf, { timeout: 5_000 }).toContain("0000000001");
    await using idle = openHere({ folder: join(folder.path, "other"), checkpointIdleMs: 1 });
    await idle.apply(kb, log.slice(0, 1), { after: 0 }, call);
    await expect
      .poll(() => readdir(join(folder.path, "other", kb)).catch(() => []), { timeout: 5_000 })
      .not.toEqual([]);
  });

  it("ignores and removes what a killed process left behind, and leaves other files alone", async () => {
    const hits = await fill();
    await mkdir(join(path, kb, "0000000003.tmp"));
    await writeFile(join(path, kb, "0000000003.tmp", "vectors.bin"), "half");
    await writeFile(join(path, kb, "notes.txt"), "mine");
    await mkdir(join(path, `${kb}.dropped`));
    await using index = openHere();
    expect((await index.search(kb, query, { limit: 20 }, call)).hits).toEqual(hits);
    expect(await generationsOf()).toEqual(["0000000001", "0000000002", "notes.txt"]);
  });

  it("keeps serving and says so when no checkpoint can be written", async () => {
    await using index = openHere();
    await index.apply(kb, log, { after: 0 }, call);
    await writeFile(path, "a file where the folder should be");
    await expect(index.checkpoint(kb, call)).rejects.toMatchObject({ code: "INDEX_UNAVAILABLE" });
    expect(index.health()).toMatchObject({ state: "degraded" });
    expect((await index.search(kb, query, { limit: 1 }, call)).hits).toHaveLength(1);
    await rm(path);
    await index.checkpoint(kb, call);
    await expect.poll(() => generationsOf()).toEqual(["0000000001"]);
  });
});

const damages: readonly { readonly what: string; readonly damage: (file: string) => Promise<unknown> }[] = [
  { what: "cut off by one byte", damage: async (file) => truncate(file, (await readFile(file)).byteLength - 1) },
  { what: "cut off in its middle", damage: async (file) => truncate(file, (await readFile(file)).byteLength >> 1) },
  { what: "emptied", damage: (file) => truncate(file, 0) },
  { what: "removed", damage: (file) => rm(file) },
  { what: "replaced by a folder", damage: replaceByFolder },
  { what: "changed in one bit", damage: async (file) => flipBit(file, 0.5) },
  { what: "changed in its first byte", damage: async (file) => flipBit(file, 0) },
  { what: "zeroed in one page", damage: (file) => overwrite(file, 128, new Uint8Array(4_096)) },
  { what: "set to 0xFF in one page", damage: (file) => overwrite(file, 64, new Uint8Array(4_096).fill(255)) },
  { what: "longer than it was", damage: (file) => writeFile(file, "x", { flag: "a" }) },
];

async function flipBit(file: string, place: number): Promise<void> {
  const bytes = await readFile(file);
  const offset = Math.floor(bytes.byteLength * place);
  await overwrite(file, offset, Uint8Array.of((bytes[offset] ?? 0) ^ 4));
}

const files = ["vectors.bin", "manifest.json", "graph.bin"];

describe.each(files)("a checkpoint whose %s is damaged", (file) => {
  it.each(damages)("is not believed when it was $what", async ({ what, damage }) => {
    const hits = await fill();
    await damage(join(newest(), file));
    await using index = openHere();
    expect(await sequenceOf(index)).toBe(file === "graph.bin" ? 302 : 200);
    expect(await searchAfterReplay(index)).toEqual(hits);
    const names = file === "graph.bin" ? await readdir(newest()) : await generationsOf();
    const bad = file === "graph.bin" ? "graph.bin.bad-1" : "0000000002.bad-1";
    expect(names.includes(bad)).toBe(!(file === "graph.bin" && what === "removed"));
  });

  it("leaves the index empty, to be replayed, when the generation before is damaged too", async () => {
    const hits = await fill();
    await truncate(join(newest(), "vectors.bin"), 10);
    await rm(join(path, kb, "0000000001", "manifest.json"));
    await using index = openHere();
    expect(await sequenceOf(index)).toBe(0);
    expect(await searchAfterReplay(index)).toEqual(hits);
  });
});

describe("a checkpoint of something else", () => {
  it("is not used for another embedder or another number of dimensions", async () => {
    await fill();
    await using other = openHere({ embedderId: "another@2" as EmbedderId });
    expect(await sequenceOf(other)).toBe(0);
    await rename(join(path, kb, "0000000002.bad-1"), join(path, kb, "0000000002"));
    await using wider = openHere({ dimensions: 32 });
    expect(await sequenceOf(wider)).toBe(0);
    expect(await generationsOf()).toEqual(["0000000001.bad-1", "0000000002.bad-1"]);
  });

  it("is not used when it was swapped under another's manifest", async () => {
    const hits = await fill();
    await rename(join(path, kb, "0000000001", "vectors.bin"), join(newest(), "vectors.bin"));
    await using index = openHere();
    expect(await sequenceOf(index)).toBe(0);
    expect(await searchAfterReplay(index)).toEqual(hits);
  });

  it("is moved away when a file stands where the collection's folder should be", async () => {
    await mkdir(path);
    await writeFile(join(path, kb), "no folder");
    await using index = openHere();
    expect(await sequenceOf(index)).toBe(0);
    await index.apply(kb, log, { after: 0 }, call);
    await index.checkpoint(kb, call);
    expect(await generationsOf()).toEqual(["0000000001"]);
  });
});

describe("a graph file", () => {
  it("is loaded at most twice when the process ends each time", async () => {
    const hits = await fill();
    await writeFile(join(newest(), "trial"), "||"); // as two loads leave it that never came back
    await using index = openHere();
    expect(await sequenceOf(index)).toBe(302);
    expect(await readdir(newest())).toContain("graph.bin.bad-1");
    expect(await searchAfterReplay(index)).toEqual(hits);
  });
});

it("tries again by itself to save what it was asked to save and could not", async () => {
  await writeFile(path, "a file in the place of the folder");
  await using index = openHere({ checkpointIdleMs: 30 });
  await index.apply(kb, log.slice(0, 50), { after: 0 }, call);
  await expect(index.checkpoint(kb, call)).rejects.toMatchObject({ retryable: true });
  await rm(path);
  await expect.poll(generationsOf).toEqual(["0000000001"]);
  expect(index.health().state).toBe("ok");
});
