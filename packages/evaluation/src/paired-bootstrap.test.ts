import { describe, expect, it } from "vitest";
import { bootstrapMean, pairedBootstrap } from "./paired-bootstrap.ts";

const values = Array.from({ length: 200 }, (_, i) => (i * 37) % 100);

describe("bootstrap intervals", () => {
  it("repeat for one seed and hold the mean", () => {
    const interval = bootstrapMean(values, 7);
    expect(interval).toEqual(bootstrapMean(values, 7));
    expect(interval.low).toBeLessThan(interval.mean);
    expect(interval.high).toBeGreaterThan(interval.mean);
  });

  it("are close to the normal interval of a mean", () => {
    const standardError = Math.sqrt((100 ** 2 - 1) / 12 / values.length);
    const { low, high } = bootstrapMean(values);
    expect((high - low) / (2 * 1.96 * standardError)).toBeCloseTo(1, 1);
  });

  it("see no difference between a system and itself", () => {
    expect(pairedBootstrap(values, values)).toMatchObject({ mean: 0, low: 0, high: 0, p: 1 });
  });

  it("see a difference that every query has", () => {
    const better = values.map((value) => value + 1);
    const difference = pairedBootstrap(better, values);
    expect(difference.mean).toBeCloseTo(1);
    expect(difference.p).toBe(0);
    expect(pairedBootstrap(values, better).mean).toBeCloseTo(-1);
  });

  it("give zeros for no queries", () => {
    expect(bootstrapMean([])).toEqual({ mean: 0, low: 0, high: 0 });
  });
});
