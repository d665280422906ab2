import type { Label } from "@larder/contracts";
import { addOf, clusteredVectors, deleteOf, seededRandom } from "@larder/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { Collection } from "./collection.ts";
import { recallOf } from "./exact-scan.ts";
import { candidatesForRank, searchGraphAmong } from "./graph-search.ts";
import { codeGraphs } from "./graphs/codes/code-graphs.ts";
import { graphParameters } from "./graphs/vector-graph.ts";
import { membership } from "./label-list.ts";

const dimensions = 24;
const count = 3_000;
const random = seededRandom(21);
const vectors = clusteredVectors(count + 40, dimensions, random);
const queries = vectors.splice(count);
const collection = new Collection({
  dimensions,
  exactVectorsMax: 1_000,
  recallTarget: 0.99,
  graph: graphParameters,
  library: codeGraphs,
});

/** The labels nearest to one vector, or farthest from it: filters that go with what the vectors mean. */
function ranked(): readonly Label[] {
  const [vector = new Float32Array(dimensions)] = vectors;
  return collection.matrix.search(vector, count).map(({ label }) => label);
}

describe("a graph that is asked for some labels only", () => {
  beforeAll(() => {
    const operations = vectors.map((vector, i) => addOf(i + 1, i + 1, vector));
    collection.apply(operations, 0);
    while (collection.hasWork) collection.work(100);
  });

  it.each([50, 10, 1, 0.1])("finds the nearest where %d %% are allowed, wherever these lie", (percent) => {
    const wanted = Math.ceil((count * percent) / 100);
    const shuffled = collection.matrix.labels.toSorted(() => random() - 0.5);
    for (const allowed of [shuffled.slice(0, wanted), ranked().slice(0, wanted), ranked().slice(-wanted)]) {
      const recalls = queries.map((query) => {
        const { hits } = collection.search(query, 10, Uint32Array.from(allowed));
        expect(hits).toHaveLength(Math.min(10, wanted));
        return recallOf(hits, collection.matrix.searchAmong(allowed, query, 10));
      });
      expect(recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length).toBeGreaterThanOrEqual(0.99);
    }
  });

  it("widens the search when few of the nearest are allowed, and leaves it to exact search when that is quicker", () => {
    const { graph, matrix } = collection;
    if (graph === undefined) throw new Error("there is no graph");
    const [vector = new Float32Array(dimensions)] = queries;
    const far = matrix
      .search(vector, count)
      .map(({ label }) => label)
      .slice(400);
    const search = { vector, limit: 10, ef: 64 };
    const truth = matrix.searchAmong(far, vector, 10);
    const widened = searchGraphAmong(graph, matrix, far, { ...search, rowsPerCandidate: 0.1 });
    expect(recallOf(widened ?? [], truth)).toBeGreaterThanOrEqual(0.9);
    expect(searchGraphAmong(graph, matrix, far, { ...search, rowsPerCandidate: 10 })).toBeUndefined();
  });

  it("sees what the graph does not hold yet, and nothing that was deleted", () => {
    const { graph, matrix } = collection;
    if (graph === undefined) throw new Error("there is no graph");
    const [vector = new Float32Array(dimensions)] = queries;
    const [nearest] = matrix.search(vector, 1);
    if (nearest === undefined) throw new Error("nothing is stored");
    collection.apply([deleteOf(count + 1, nearest.label), addOf(count + 2, count + 1, vector)], 0);
    const allowed = [...matrix.labels.filter((label) => label % 2 === 0), count + 1, nearest.label] as Label[];
    const hits = searchGraphAmong(graph, matrix, allowed, { vector, limit: 3, ef: 64, rowsPerCandidate: 0.1 });
    expect(hits?.[0]).toEqual({ label: count + 1, score: expect.closeTo(1, 5) });
    expect(hits?.map(({ label }) => label)).not.toContain(nearest.label);
  });
});

describe("candidatesForRank", () => {
  it("grows with the rank, less than in proportion, and never below it", () => {
    expect([1, 10].map((rank) => candidatesForRank(rank, 128))).toEqual([128, 128]);
    expect(candidatesForRank(100, 128)).toBe(476);
    expect(candidatesForRank(100_000, 128)).toBeGreaterThan(100_000);
  });
});

describe("membership", () => {
  it("knows exactly the labels given, in any order", () => {
    const labels = Array.from({ length: 300 }, () => Math.floor(random() * 1_000));
    const isHeld = membership(Uint32Array.from(labels));
    for (let label = 0; label <= 1_001; label++) expect(isHeld(label as Label)).toBe(labels.includes(label));
  });
});
