import { seededRandom } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { measureRecall } from "./recall-statistics.ts";

describe("measureRecall", () => {
  it("never claims more than the number of queries allows", () => {
    expect(measureRecall(new Array(300).fill(1), 10)).toEqual({ mean: 1, lowerBound: expect.closeTo(0.9991, 4) });
    expect(measureRecall(new Array(10).fill(1), 10).lowerBound).toBeCloseTo(0.9737, 3);
    expect(measureRecall([], 10)).toEqual({ mean: 0, lowerBound: 0 });
  });

  it("is less sure when the misses of a query come together", () => {
    const spread = Array.from({ length: 200 }, (_, i) => (i % 5 === 0 ? 0.9 : 1));
    const together = Array.from({ length: 200 }, (_, i) => (i % 50 === 0 ? 0 : 1));
    expect(measureRecall(spread, 10).mean).toBeCloseTo(measureRecall(together, 10).mean, 10);
    expect(measureRecall(together, 10).lowerBound).toBeLessThan(measureRecall(spread, 10).lowerBound - 0.01);
  });

  it("lies below the true recall in about nineteen of twenty samples, also where misses come together", () => {
    const random = seededRandom(11);
    const trueRecall = 0.9 * 1 + 0.1 * 0.7; // one query in ten is hard
    const samples = Array.from({ length: 1_000 }, () =>
      Array.from({ length: 200 }, () => {
        const each = random() < 0.1 ? 0.7 : 1;
        return Array.from({ length: 10 }, () => (random() < each ? 1 : 0) as number).reduce((a, b) => a + b) / 10;
      }),
    );
    const right = samples.filter((recalls) => measureRecall(recalls, 10).lowerBound <= trueRecall).length;
    expect(right).toBeGreaterThan(915);
    expect(right).toBeLessThan(985);
  });
});
