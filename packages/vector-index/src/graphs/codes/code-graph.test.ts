import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asLabel, clusteredVectors, seededRandom, VectorModel } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/temporary-index.ts";
import type { VectorGraph } from "../vector-graph.ts";
import { graphParameters } from "../vector-graph.ts";
import { codeGraphs } from "./code-graphs.ts";

const dimensions = 24;
const [count, queryCount] = [2_000, 100];
const all = clusteredVectors(count + queryCount, dimensions, seededRandom(12)).map(unit);
const [vectors, queries] = [all.slice(0, count), all.slice(count)];

function unit(vector: Float32Array): Float32Array {
  const norm = Math.hypot(...vector);
  return vector.map((number) => number / norm);
}

function built(labels: Iterable<number>, slots = 0): VectorGraph {
  const graph = codeGraphs.create(dimensions, slots, graphParameters);
  for (const label of labels) addTo(graph, label);
  return graph;
}

function addTo(graph: VectorGraph, label: number): void {
  graph.add(asLabel(label), vectors[label - 1] ?? new Float32Array());
}

const range = (first: number, end: number): readonly number[] =>
  Array.from({ length: end - first }, (_, i) => first + i);

/** Share of the ten nearest that are among what the graph gives for ten. */
function recallOf(graph: VectorGraph, live: readonly number[], ef: number): number {
  const model = new VectorModel();
  for (const [i, label] of live.entries()) {
    model.apply([
      { kind: "add", sequence: i + 1, label: asLabel(label), vector: vectors[label - 1] ?? new Float32Array() },
    ]);
  }
  const shares = queries.map((query) => {
    const found = new Set(graph.search(query, 10, ef));
    return (
      model
        .rank(query)
        .slice(0, 10)
        .filter(({ label }) => found.has(asLabel(label))).length / 10
    );
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

const firstHit = (graph: VectorGraph, label: number): unknown =>
  graph.search(vectors[label - 1] ?? new Float32Array(), 1, 64)[0];

describe("a graph of codes", () => {
  it("finds the nearest, more surely the more candidates it looks at", () => {
    const labels = range(1, count + 1);
    const graph = built(labels);
    expect(recallOf(graph, labels, 128)).toBeGreaterThan(0.99);
    expect(recallOf(graph, labels, 20)).toBeGreaterThan(0.8);
    expect(graph.search(queries[0] ?? new Float32Array(), 50, 10).length).toBeGreaterThanOrEqual(50);
    const given = queries.map((query) => graph.search(query, 10, 128).length);
    expect(given.reduce((sum, length) => sum + length, 0) / queryCount).toBeLessThan(14); // few more are scored again
    expect(codeGraphs.create(dimensions, 0, graphParameters).search(vectors[0] ?? new Float32Array(), 5, 64)).toEqual(
      [],
    );
  });

  it("tells apart vectors that are nearly the same, as passages of many versions of one text are", () => {
    const random = seededRandom(3);
    const near = Array.from({ length: 3_000 }, (_, i) =>
      unit((vectors[i % 5] ?? new Float32Array()).map((number) => number + (random() - 0.5) * 0.02)),
    );
    const [stored, asked] = [near.slice(100), near.slice(0, 100)];
    const graph = codeGraphs.create(dimensions, 0, graphParameters);
    const model = new VectorModel();
    for (const [i, vector] of stored.entries()) {
      graph.add(asLabel(i + 1), vector);
      model.apply([{ kind: "add", sequence: i + 1, label: asLabel(i + 1), vector }]);
    }
    const found = asked.map((query) => new Set(graph.search(query, 10, 256)));
    const hits = asked.map(
      (query, i) =>
        model
          .rank(query)
          .slice(0, 10)
          .filter(({ label }) => found[i]?.has(label)).length,
    );
    expect(hits.reduce((sum, count) => sum + count, 0) / 1_000).toBeGreaterThan(0.99);
  });

  it("finds each of many equal vectors, also once those that it found first are deleted", () => {
    const [vector = new Float32Array()] = vectors;
    const graph = codeGraphs.create(dimensions, 0, graphParameters);
    for (const label of range(1, 1_001)) graph.add(asLabel(label), vector);
    expect(graph.search(vector, 1_000, 1_000).toSorted((a, b) => a - b)).toEqual(range(1, 1_001));
    for (const label of graph.search(vector, 700, 700).slice(0, 700)) graph.markDeleted(label);
    expect(graph.search(vector, 300, 300)).toHaveLength(300);
  });

  it("finds its way from equal vectors to those of any other kind, more of each than a node has links", () => {
    const kinds = range(0, 2).map((at) => new Float32Array(dimensions).fill(1, at, at + 1));
    const graph = codeGraphs.create(dimensions, 0, graphParameters);
    for (const i of range(0, 1_200)) graph.add(asLabel(i + 1), kinds[i % 2] ?? new Float32Array());
    for (const [at, kind] of kinds.entries()) {
      const found = graph.search(kind, 10, 64);
      expect(found.length).toBeGreaterThanOrEqual(10);
      expect(found.every((label) => (label - 1) % 2 === at)).toBe(true);
    }
  });

  it("finds no deleted node, walks through those, and has a label's new vector", () => {
    const graph = built(range(1, 1_001));
    for (const label of range(1, 1_001)) if (label % 3 !== 0) graph.markDeleted(asLabel(label));
    const live = range(1, 1_001).filter((label) => label % 3 === 0);
    expect(graph.labels()).toEqual(live);
    expect(recallOf(graph, live, 128)).toBeGreaterThan(0.99);
    expect(graph.search(queries[0] ?? new Float32Array(), 500, 500).every((label) => label % 3 === 0)).toBe(true);
    graph.add(asLabel(1), vectors[1_499] ?? new Float32Array());
    expect(firstHit(graph, 1_500)).toBe(1);
    expect(graph.holds(asLabel(1), vectors[1_499] ?? new Float32Array())).toBe(true);
    expect(graph.holds(asLabel(1), vectors[0] ?? new Float32Array())).toBe(false);
    expect(graph.holds(asLabel(2), vectors[1] ?? new Float32Array())).toBe(false);
    expect(graph.slots).toBe(1_001);
  });

  it("finds what comes after all was deleted", () => {
    const graph = built(range(1, 301));
    for (const label of range(1, 301)) graph.markDeleted(asLabel(label));
    expect(graph.search(queries[0] ?? new Float32Array(), 5, 64)).toEqual([]);
    for (const label of range(301, 601)) addTo(graph, label);
    expect(recallOf(graph, range(301, 601), 300)).toBeGreaterThan(0.99);
  });

  it("is made with the most links that can be scored at once, and with no more", () => {
    const withLinks = (m: number): VectorGraph => codeGraphs.create(dimensions, 0, { ...graphParameters, m });
    const graph = withLinks(63);
    for (const label of range(1, 601)) addTo(graph, label);
    expect(recallOf(graph, range(1, 601), 128)).toBeGreaterThan(0.99);
    for (const m of [1, 64]) expect(() => withLinks(m)).toThrow(expect.objectContaining({ code: "UNEXPECTED" }));
  });

  it("refuses to delete what it does not have", () => {
    expect(() => built([1, 2]).markDeleted(asLabel(3))).toThrow();
  });
});

describe("the file of a graph of codes", () => {
  it("is the same for the same additions, whatever room there was, and whether it was loaded in between", async () => {
    await using folder = await temporaryFolder();
    const at = (name: string): string => join(folder.path, name);
    const whole = built(range(1, 901));
    whole.markDeleted(asLabel(7));
    for (const label of range(901, 1_001)) addTo(whole, label);
    await whole.save(at("whole"));
    const half = built(range(1, 901), 5_000);
    half.markDeleted(asLabel(7));
    await half.save(at("half"));
    const loaded = await codeGraphs.load(at("half"), dimensions, graphParameters);
    expect(queries.map((query) => loaded.search(query, 10, 64))).toEqual(
      queries.map((query) => half.search(query, 10, 64)),
    );
    for (const label of range(901, 1_001)) addTo(loaded, label);
    await loaded.save(at("again"));
    expect((await readFile(at("again"))).equals(await readFile(at("whole")))).toBe(true);
    expect(loaded.labels()).toEqual(whole.labels());
  });

  it("is the same while searches go on as it is written, and these find what they found", async () => {
    await using folder = await temporaryFolder();
    const [quiet, busy] = [join(folder.path, "quiet"), join(folder.path, "busy")];
    const graph = built(range(1, count + 1));
    await graph.save(quiet);
    const searched = (): unknown => queries.map((query) => graph.search(query, 10, 64));
    const before = searched();
    let isSaved = false;
    const saving = graph.save(busy).then(() => {
      isSaved = true;
    });
    let rounds = 0;
    for (; !isSaved; rounds++) {
      expect(searched()).toEqual(before);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await saving;
    expect(rounds).toBeGreaterThan(1);
    expect((await readFile(busy)).equals(await readFile(quiet))).toBe(true);
  });

  it("is refused at each length but its own, and where it would lead a walk out of it", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "graph");
    const nodes = 300;
    await built(range(1, nodes + 1)).save(file);
    const bytes = await readFile(file);
    const load = async (changed: Uint8Array): Promise<unknown> => {
      await writeFile(file, changed);
      return codeGraphs.load(file, dimensions, graphParameters);
    };
    for (let length = bytes.byteLength - 1; length >= 0; length -= 997) {
      await expect(load(bytes.subarray(0, length))).rejects.toThrow();
    }
    await expect(load(Buffer.concat([bytes, Buffer.alloc(1)]))).rejects.toThrow("another length");
    const [headerAt, labelsAt, scalesAt, startsAt] = [0, 32, 32 + nodes * 4, 32 + nodes * 8];
    const upperAt = startsAt + nodes * 4;
    const lowestAt = upperAt + bytes.readUInt32LE(headerAt + 20) * 4;
    const levelsAt = lowestAt + nodes * (2 * graphParameters.m * 4 + 1);
    const withNumber = (offset: number, value: number): Buffer => {
      const changed = Buffer.from(bytes);
      changed.writeUInt32LE(value, offset);
      return changed;
    };
    const lowNode = bytes.subarray(levelsAt, levelsAt + nodes).indexOf(0);
    await expect(load(withNumber(lowestAt, nodes))).rejects.toThrow("leads nowhere");
    await expect(load(withNumber(upperAt, lowNode))).rejects.toThrow("leads nowhere");
    await expect(load(withNumber(headerAt + 24, nodes))).rejects.toThrow("no entry");
    await expect(load(withNumber(labelsAt, bytes.readUInt32LE(labelsAt + 4)))).rejects.toThrow("two nodes");
    const highNode = bytes.subarray(levelsAt, levelsAt + nodes).findIndex((level) => level > 0);
    await expect(load(withNumber(startsAt + highNode * 4, 2 ** 31))).rejects.toThrow("outside");
    for (const scale of [0, 0x8000_0000, 0x7f80_0000, 0x7fc0_0000]) {
      await expect(load(withNumber(scalesAt, scale))).rejects.toThrow("a scale"); // 0, -0, infinity, NaN
    }
    const withByte = (offset: number, value: number): Buffer => Buffer.from(bytes).fill(value, offset, offset + 1);
    await expect(load(withByte(levelsAt - nodes, 2))).rejects.toThrow("neither live nor dead");
    await expect(load(withByte(levelsAt + highNode, 16))).rejects.toThrow("too high");
    await expect(codeGraphs.load(file, dimensions + 1, graphParameters)).rejects.toThrow("other vectors");
    expect(await load(bytes)).toMatchObject({ slots: nodes });
  });
});
