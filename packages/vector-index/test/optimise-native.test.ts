import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asLabel, clusteredVectors, seededRandom } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HnswGraph } from "../src/graphs/hnswlib/hnsw-graph.ts";
import type { HnswLibrary } from "../src/graphs/hnswlib/hnsw-library.ts";
import { loadHnswLibrary } from "../src/graphs/hnswlib/hnsw-library.ts";
import { optimiseNative } from "../src/graphs/hnswlib/native/optimise-native.ts";
import {
  addonIn,
  buildRecordIn,
  findOptimisedBuild,
  libraryFolder,
  loadAddon,
} from "../src/graphs/hnswlib/native/optimised-build.ts";
import { graphParameters } from "../src/graphs/vector-graph.ts";
import { VectorMatrix } from "../src/vector-matrix.ts";
import { call } from "./temporary-index.ts";

const plain = await loadHnswLibrary({ preferOptimised: false });

describe.skipIf(plain === undefined || process.platform === "win32")("the build for this processor", () => {
  let parent: string;
  let folder: string;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), "larder-native-"));
    folder = join(parent, "optimised");
    await optimiseNative({ folder }, call);
  });
  afterAll(() => rm(parent, { recursive: true, force: true }));

  it("gives the hits of the plain build, and may be loaded here", () => {
    const found = findOptimisedBuild(libraryFolder(), folder);
    if ("refusal" in found) throw new Error(found.refusal);
    const dimensions = 256;
    const vectors = clusteredVectors(3_200, dimensions, seededRandom(8));
    const queries = vectors.splice(3_000);
    const matrix = new VectorMatrix(dimensions);
    for (const [i, vector] of vectors.entries()) matrix.set(asLabel(i + 1), vector);
    const hitsOf = (library: HnswLibrary): unknown => {
      const graph = HnswGraph.create(library, dimensions, vectors.length, graphParameters);
      for (const label of matrix.labels) graph.add(label, matrix.row(label));
      return queries.map((query) => matrix.searchAmong(graph.search(query, 128, 128), query, 10));
    };
    expect(plain).toBeDefined();
    if (plain !== undefined) expect(hitsOf(loadAddon(found.file) as HnswLibrary)).toEqual(hitsOf(plain));
  });

  it("is refused when it is damaged, of another processor, or of another version", async () => {
    const found = findOptimisedBuild(libraryFolder(), folder);
    if ("refusal" in found) throw new Error(found.refusal);
    const { build } = found;
    const refusalOf = async (other: object): Promise<unknown> => {
      await writeFile(buildRecordIn(folder), JSON.stringify({ ...build, ...other }));
      return findOptimisedBuild(libraryFolder(), folder);
    };
    expect(await refusalOf({ processorId: "x", processorName: "Z80" })).toEqual({
      refusal: "the optimised build is for Z80",
    });
    expect(await refusalOf({ version: "2.0.0" })).toEqual({ refusal: "the optimised build is of another version" });
    await refusalOf({});
    await writeFile(addonIn(folder), "not a library");
    expect(findOptimisedBuild(libraryFolder(), folder)).toEqual({ refusal: "the optimised build is damaged" });
  });
});
