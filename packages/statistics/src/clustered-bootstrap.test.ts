import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bootstrapDifference,
  bootstrapMacroDifference,
  bootstrapMean,
  differencesOf,
  groupClusters,
} from "./clustered-bootstrap.ts";

const values = Array.from({ length: 200 }, (_, i) => (i * 37) % 100);
const each = values.map((_, i) => String(i));
const ofOwn = { values, clusters: each };

describe("bootstrap intervals", () => {
  it("repeat for one seed and hold the mean", () => {
    const interval = bootstrapMean(ofOwn, 7);
    expect(interval).toEqual(bootstrapMean(ofOwn, 7));
    expect(interval.low).toBeLessThan(interval.mean);
    expect(interval.high).toBeGreaterThan(interval.mean);
  });

  it("are close to the normal interval of a mean when each query is its own cluster", () => {
    const standardError = Math.sqrt((100 ** 2 - 1) / 12 / values.length);
    const { low, high } = bootstrapMean(ofOwn);
    expect((high - low) / (2 * 1.96 * standardError)).toBeCloseTo(1, 1);
  });

  it("are as wide as for one query a cluster when the queries of each cluster agree", () => {
    const repeated = values.slice(0, 50).flatMap((value) => [value, value, value, value]);
    const clusters = repeated.map((_, i) => String(Math.floor(i / 4)));
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    const clustered = width(bootstrapMean({ values: repeated, clusters }));
    expect(clustered).toBeCloseTo(
      width(bootstrapMean({ values: values.slice(0, 50), clusters: each.slice(0, 50) })),
      8,
    );
    expect(clustered).toBeGreaterThan(1.8 * width(bootstrapMean({ values: repeated, clusters: each })));
  });

  it("have no width for a single cluster", () => {
    expect(bootstrapMean({ values: [1, 3], clusters: ["a", "a"] })).toEqual({ mean: 2, low: 2, high: 2 });
  });

  it("find nothing significant in a single cluster, however clear it looks", () => {
    const clear = { values: [1, 1, 1, 1], clusters: ["a", "a", "a", "a"] };
    expect(bootstrapDifference(clear)).toMatchObject({ mean: 1, p: 1 });
    expect(bootstrapDifference({ ...clear, clusters: ["a", "b", "c", "d"] }).p).toBe(0);
  });

  it("give zeros for no queries", () => {
    expect(bootstrapMean({ values: [], clusters: [] })).toEqual({ mean: 0, low: 0, high: 0 });
  });

  it("lie within the values", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }), (some) => {
        const { low, high } = bootstrapMean({ values: some, clusters: some.map((_, i) => String(i % 2)) });
        expect(low).toBeGreaterThanOrEqual(Math.min(...some) - 1e-12);
        expect(high).toBeLessThanOrEqual(Math.max(...some) + 1e-12);
      }),
      { numRuns: 20 },
    );
  });
});

describe("paired differences", () => {
  it("see none between a system and itself", () => {
    const same = bootstrapDifference(differencesOf(values, values, each));
    expect(same).toMatchObject({ mean: 0, low: 0, high: 0, p: 1 });
  });

  it("see one that every query has", () => {
    const better = values.map((value) => value + 1);
    const difference = bootstrapDifference(differencesOf(better, values, each));
    expect(difference.mean).toBeCloseTo(1);
    expect(difference.p).toBe(0);
    expect(bootstrapDifference(differencesOf(values, better, each)).mean).toBeCloseTo(-1);
  });

  it("count sets alike in the macro mean, however many queries they have", () => {
    const small = { values: [1, 1], clusters: ["a", "b"] };
    const large = { values: Array(50).fill(0), clusters: each.slice(0, 50) };
    expect(bootstrapMacroDifference([small, large])).toMatchObject({ mean: 0.5, low: 0.5, high: 0.5, p: 0 });
    expect(bootstrapMacroDifference([])).toMatchObject({ mean: 0 });
  });
});

it("groups queries by cluster in order of appearance", () => {
  expect(groupClusters(["b", "a", "b"])).toEqual([[0, 2], [1]]);
});
