import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addOf, clusteredVectors, deleteOf, seededRandom } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import type { GraphLibrary, GraphLibraryName } from "../src/graphs/vector-graph.ts";
import { openLocalIndex } from "../src/local-index.ts";
import { changed, libraries } from "./graph-libraries.ts";
import { call, embedderId, graphAnswers, kb, temporaryFolder } from "./temporary-index.ts";

const dimensions = 16;
const vectors = clusteredVectors(600, dimensions, seededRandom(6));
const operations = vectors.map((vector, i) => addOf(i + 1, i + 1, vector));

/** A library whose files are damaged as they are written, before anything makes a hash of them. */
function damaging(library: GraphLibrary, change: (bytes: Buffer) => void): GraphLibrary {
  return changed(library, (graph) => {
    const save = graph.save.bind(graph);
    graph.save = async (file) => {
      await save(file);
      const bytes = await readFile(file);
      change(bytes);
      await writeFile(file, bytes);
    };
  });
}

/** The file as hnswlib lays it out (graph-file.ts): a header, then nodes of as many bytes as it says at 24. */
const inEachNode = (change: (node: Buffer) => void) => (file: Buffer) => {
  const [nodes, bytes] = [Number(file.readBigUInt64LE(16)), Number(file.readBigUInt64LE(24))];
  for (let node = 0; node < nodes; node++) change(file.subarray(96 + node * bytes, 96 + (node + 1) * bytes));
};
const farNode = Buffer.from("f0ffff7f", "hex");
const codesStride = 64;

const damages: Readonly<Record<GraphLibraryName, readonly { what: string; change: (file: Buffer) => void }[]>> = {
  "hnswlib-node": [
    { what: "ends the process that reads it", change: inEachNode((node) => node.fill(farNode, 4, 4 + 32 * 4)) },
    { what: "has vectors of zeros", change: inEachNode((node) => node.fill(0, 132, 132 + dimensions * 4)) },
  ],
  codes: [
    { what: "has a label for two nodes", change: (file) => file.copyWithin(32, 36, 40) },
    { what: "has codes of zeros", change: (file) => file.fill(0, file.byteLength - 600 * codesStride) },
  ],
};

describe.each(libraries)("a graph of $name that was just written", (real) => {
  it.each(damages[real.name])("is not taken when it $what", async ({ change }) => {
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
