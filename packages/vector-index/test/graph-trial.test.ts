import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { addOf, clusteredVectors, deleteOf, seededRandom } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import type { LoadedHnswLibrary } from "../src/hnsw-library.ts";
import { loadHnswLibrary } from "../src/hnsw-library.ts";
import { openLocalIndex } from "../src/local-index.ts";
import { call, embedderId, graphAnswers, kb, temporaryFolder } from "./temporary-index.ts";

const dimensions = 16;
const vectors = clusteredVectors(600, dimensions, seededRandom(6));
const operations = vectors.map((vector, i) => addOf(i + 1, i + 1, vector));
const library = await loadHnswLibrary();

/** The file as hnswlib lays it out (graph-file.ts): a header, then nodes of as many bytes as it says at 24. */
async function damageNodes(file: string, change: (node: Buffer) => void): Promise<void> {
  const handle = await open(file, "r+");
  const { buffer: header } = await handle.read(Buffer.alloc(96), 0, 96, 0);
  const [nodes, bytes] = [header.readBigUInt64LE(16), Number(header.readBigUInt64LE(24))];
  for (let node = 0; node < nodes; node++) {
    const offset = 96 + node * bytes;
    const { buffer } = await handle.read(Buffer.alloc(bytes), 0, bytes, offset);
    change(buffer);
    await handle.write(buffer, 0, bytes, offset);
  }
  await handle.close();
}

/** A library whose files are damaged as they are written, before anything makes a hash of them. */
function damaging(real: LoadedHnswLibrary, change: (node: Buffer) => void): LoadedHnswLibrary {
  class Damaging extends real.HierarchicalNSW {
    override async writeIndex(file: string): Promise<boolean> {
      const isWritten = await super.writeIndex(file);
      await damageNodes(file, change);
      return isWritten;
    }
  }
  return { origin: real.origin, HierarchicalNSW: Damaging };
}

const farNode = Buffer.alloc(4);
farNode.writeUInt32LE(0x7fff_fff0);

describe.skipIf(library === undefined)("a graph that was just written", () => {
  const real = library as LoadedHnswLibrary;

  it.each([
    { what: "ends the process that reads it", change: (node: Buffer) => void node.fill(farNode, 4, 4 + 32 * 4) },
    { what: "has vectors of zeros", change: (node: Buffer) => void node.fill(0, 132, 132 + dimensions * 4) },
  ])("is not taken when it $what", async ({ change }) => {
    await using folder = await temporaryFolder();
    const options = { folder: folder.path, dimensions, embedderId, exactVectorsMax: 100, trialNodesMin: 0 };
    const policy = { checkpointIdleMs: 600_000 };
    await using index = openLocalIndex({ ...options, ...policy }, damaging(real, change));
    await index.apply(kb, operations, { after: 0 }, call);
    await graphAnswers(index, kb);
    await expect(index.checkpoint(kb, call)).rejects.toMatchObject({ code: "INDEX_UNAVAILABLE" });
    expect(index.health()).toMatchObject({ state: "degraded", detail: expect.stringContaining("that was written") });
    expect(await readdir(join(folder.path, kb))).toEqual([]);
    expect(await index.search(kb, vectors[3] ?? new Float32Array(), { limit: 1 }, call)).toMatchObject({
      hits: [{ label: 4 }],
    });
  });

  it("is taken with deleted and pending nodes, and comes back with the ef that was chosen", async () => {
    await using folder = await temporaryFolder();
    const options = { folder: folder.path, dimensions, embedderId, exactVectorsMax: 100, trialNodesMin: 0 };
    const first = openLocalIndex({ ...options, checkpointIdleMs: 600_000 }, real);
    await first.apply(kb, operations, { after: 0 }, call);
    await expect.poll(() => first.status(kb, call)).toHaveProperty("ef");
    await first.apply(kb, [deleteOf(601, 3), addOf(602, 5, vectors[9] ?? new Float32Array())], { after: 0 }, call);
    await first.checkpoint(kb, call);
    const { ef, recall } = await first.status(kb, call);
    await first[Symbol.asyncDispose]();
    await using second = openLocalIndex(options, real);
    expect(await second.status(kb, call)).toMatchObject({ kind: "hnsw", count: 599, ef, recall });
  });
});
