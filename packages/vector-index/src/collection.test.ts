import { addOf, clusteredVectors, deleteOf, seededRandom } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { changed } from "../test/graph-libraries.ts";
import type { CollectionSettings } from "./collection.ts";
import { Collection } from "./collection.ts";
import { codeGraphs } from "./graphs/codes/code-graphs.ts";
import { graphParameters } from "./graphs/vector-graph.ts";

const dimensions = 12;
const vectors = clusteredVectors(600, dimensions, seededRandom(5));
const settings: CollectionSettings = {
  dimensions,
  exactVectorsMax: 100,
  recallTarget: 0.99,
  graph: graphParameters,
  library: codeGraphs,
};
const query = vectors[17] ?? new Float32Array(dimensions);

function filled(own: Partial<CollectionSettings> = {}): Collection {
  const collection = new Collection({ ...settings, ...own });
  collection.apply(
    vectors.map((vector, i) => addOf(i + 1, i + 1, vector)),
    0,
  );
  return collection;
}

function finish(collection: Collection): void {
  while (collection.hasWork) collection.work(1);
}

describe("a collection that is large enough for a graph", () => {
  it("answers exactly and says so until the graph is built", () => {
    const collection = filled();
    expect(collection.status()).toMatchObject({ kind: "exact", degraded: expect.stringContaining("0 of 600") });
    expect(collection.search(query, 3, undefined)).toMatchObject({ degraded: expect.stringContaining("building") });
    const exact = collection.search(query, 10, undefined).hits;
    finish(collection);
    expect(collection.status()).toMatchObject({ kind: "hnsw", count: 600, appliedSequence: 600, recall: 1 });
    expect(collection.search(query, 10, undefined)).toEqual({ hits: exact, appliedSequence: 600 });
  });

  it("builds in slices, with changes in between", () => {
    const collection = filled();
    let sequence = 600;
    let slices = 0;
    while (collection.hasWork) {
      collection.work(0); // one vector a slice
      slices += 1;
      if (slices % 3 === 0 && sequence < 700) collection.apply([deleteOf(++sequence, slices)], 0);
      if (slices % 5 === 0 && sequence < 700) collection.apply([addOf(++sequence, slices + 300, query)], 0);
    }
    expect(slices).toBeGreaterThan(500);
    const allowed = collection.matrix.labels;
    expect(collection.search(query, 30, undefined).hits).toEqual(collection.matrix.searchAmong(allowed, query, 30));
  });

  it("finds what was added a moment ago, before the graph has it", () => {
    const collection = filled();
    finish(collection);
    const far = new Float32Array(dimensions).fill(1, 0, 1);
    collection.apply([addOf(601, 601, far), addOf(602, 5, far)], 0);
    expect(collection.hasWork).toBe(true);
    expect(collection.search(far, 2, undefined).hits.map((hit) => hit.label)).toEqual([5, 601]);
    finish(collection);
    expect(collection.search(far, 2, undefined).hits.map((hit) => hit.label)).toEqual([5, 601]);
  });

  it("builds the graph anew when more than 30 % of its nodes are dead, and answers by the old one meanwhile", () => {
    const collection = filled();
    finish(collection);
    expect(collection.graph?.graph.slots).toBe(600);
    collection.apply(
      Array.from({ length: 190 }, (_, i) => deleteOf(601 + i, i + 1)),
      0,
    );
    expect(collection.hasWork).toBe(true);
    expect(collection.status()).toMatchObject({ kind: "hnsw", count: 410, appliedSequence: 790 });
    finish(collection);
    expect(collection.graph?.graph.slots).toBe(410);
    expect(collection.search(query, 1, undefined).hits[0]?.label).toBeGreaterThan(190);
  });

  it("gives the graph up when it has shrunk well below the limit", () => {
    const collection = filled();
    finish(collection);
    collection.apply(
      Array.from({ length: 530 }, (_, i) => deleteOf(601 + i, i + 1)),
      0,
    );
    expect(collection.status()).toEqual({ kind: "exact", count: 70, appliedSequence: 1_130 });
    expect(collection.hasWork).toBe(false);
  });

  it("answers exactly for good, and says so, when the graph throws", () => {
    const failing = changed(codeGraphs, (graph) => {
      graph.add = () => {
        throw new Error("no memory");
      };
    });
    const collection = filled({ library: failing });
    finish(collection);
    expect(collection.status()).toMatchObject({ kind: "exact", degraded: expect.stringContaining("no memory") });
    expect(collection.search(query, 1, undefined).hits[0]?.label).toBe(18);
  });

  it("finds each of many equal vectors", () => {
    const collection = new Collection(settings);
    collection.apply(
      Array.from({ length: 900 }, (_, i) => addOf(i + 1, i + 1, query)),
      0,
    );
    finish(collection);
    const hits = collection.search(query, 200, undefined).hits;
    expect(new Set(hits.map((hit) => hit.label)).size).toBe(200);
  });
});

describe("a collection without a library for graphs", () => {
  it("answers exactly at every size and says why", () => {
    const collection = filled({ library: undefined });
    expect(collection.hasWork).toBe(false);
    expect(collection.status()).toMatchObject({ kind: "exact", degraded: expect.stringContaining("no library") });
    expect(collection.search(query, 1, undefined).hits[0]?.label).toBe(18);
  });
});
