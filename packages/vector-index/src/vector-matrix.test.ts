import { asLabel, clusteredVectors, seededRandom, VectorModel } from "@larder/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TopHits } from "./top-hits.ts";
import { VectorMatrix } from "./vector-matrix.ts";

describe("top hits", () => {
  it("keeps what a full sort would put first", () => {
    const offers = fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 1, max: 50 })));
    fc.assert(
      fc.property(offers, fc.integer({ min: 1, max: 20 }), (pairs, limit) => {
        const top = new TopHits(limit);
        for (const [score, label] of pairs) top.offer(score, asLabel(label));
        const sorted = pairs
          .map(([score, label]) => ({ label, score }))
          .toSorted((a, b) => b.score - a.score || a.label - b.label);
        expect(top.list()).toEqual(sorted.slice(0, limit));
      }),
    );
  });
});

describe("a matrix of vectors", () => {
  it("scores every row alike, in any dimension and over several blocks and growths", () => {
    for (const dimensions of [1, 3, 16, 17, 64, 100]) {
      const matrix = new VectorMatrix(dimensions);
      const model = new VectorModel();
      const vectors = clusteredVectors(9_000, dimensions, seededRandom(dimensions));
      const [query = new Float32Array(dimensions)] = clusteredVectors(1, dimensions, seededRandom(99));
      for (const [i, vector] of vectors.entries()) {
        matrix.set(asLabel(i + 1), vector);
        model.vectors.set(i + 1, vector);
      }
      const wanted = model.rank(query).slice(0, 5);
      const hits = matrix.search(query, 5);
      expect(hits.map((hit) => hit.score)).toEqual(wanted.map((hit) => expect.closeTo(hit.score, 5)));
    }
  });

  it("gives the same bits among some labels as among all", () => {
    const matrix = new VectorMatrix(33);
    for (const [i, vector] of clusteredVectors(500, 33, seededRandom(1)).entries()) matrix.set(asLabel(i + 1), vector);
    const query = Float32Array.from(matrix.row(asLabel(7)));
    expect(matrix.searchAmong(matrix.labels, query, 500)).toEqual(matrix.search(query, 500));
  });

  it("gives the same bits in whichever order rows came and went", () => {
    const vectors = clusteredVectors(40, 20, seededRandom(2));
    const [query = new Float32Array(20)] = clusteredVectors(1, 20, seededRandom(3));
    const forward = new VectorMatrix(20);
    const backward = new VectorMatrix(20);
    for (const [i, vector] of vectors.entries()) forward.set(asLabel(i + 1), vector);
    for (const [i, vector] of [...vectors.entries()].toReversed()) backward.set(asLabel(i + 1), vector);
    for (const label of [1, 40, 20]) backward.remove(asLabel(label));
    for (const label of [40, 20, 1]) forward.remove(asLabel(label));
    expect(backward.search(query, 40)).toEqual(forward.search(query, 40));
    expect(forward.count).toBe(37);
  });

  it("refuses more rows than its memory can address before it changes anything", () => {
    const matrix = new VectorMatrix(1_024);
    matrix.set(asLabel(1), new Float32Array(1_024).fill(1));
    expect(() => matrix.reserve(1_100_000)).toThrow(expect.objectContaining({ code: "INDEX_FULL" }));
    expect(matrix.count).toBe(1);
  });
});
