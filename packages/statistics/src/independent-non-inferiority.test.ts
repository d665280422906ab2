import { describe, expect, it } from "vitest";
import { independentNonInferiority } from "./independent-non-inferiority.ts";
import { seededRandom } from "./seeded-random.ts";

/** `right` of `count`, each a cluster of its own. */
const sample = (right: number, count: number) => ({
  values: Array.from({ length: count }, (_, i) => (i < right ? 1 : 0)),
  clusters: Array.from({ length: count }, (_, i) => String(i)),
});

describe("two samples that share no question", () => {
  it.each([
    // Newcombe's examples (1998, table II, method 10), whose normal quantile Student's of so many clusters exceeds a little
    [56, 70, 48, 80, 0.2, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.6, 0.1705, 0.809],
  ])("%d of %d against %d of %d", (a, n, b, m, delta, low, high) => {
    const found = independentNonInferiority(sample(a, n), sample(b, m), 0.02);
    expect(found.delta).toBeCloseTo(delta, 10);
    const slack = n > 50 ? 0.004 : 0.08;
    expect(found.lower).toBeLessThanOrEqual(low);
    expect(found.lower).toBeGreaterThan(low - slack);
    expect(found.upper).toBeGreaterThanOrEqual(high);
    expect(found.upper).toBeLessThan(high + slack);
  });

  it("is not sure of three questions that are all right, nor of one document", () => {
    expect(independentNonInferiority(sample(3, 3), sample(3, 3), 0.02).isEstablished).toBe(false);
    expect(independentNonInferiority(sample(2_000, 2_000), sample(2_000, 2_000), 0.02).isEstablished).toBe(true);
    const one = { values: sample(900, 1_000).values, clusters: Array<string>(1_000).fill("a") };
    expect(independentNonInferiority(one, sample(900, 1_000), 0.02)).toMatchObject({
      lower: Number.NEGATIVE_INFINITY,
      isEstablished: false,
    });
  });

  it("counts a document whose questions agree as one", () => {
    const spread = sample(80, 100);
    const agreeing = { ...spread, clusters: spread.values.map((_, i) => String(Math.floor(i / 5))) };
    const width = (of: typeof spread) => {
      const { lower, upper } = independentNonInferiority(of, of, 0.02);
      return upper - lower;
    };
    expect(width(agreeing)).toBeGreaterThan(1.8 * width(spread));
  });

  it("establishes at most 2.5 % of 2,000 samples that are just so much worse, in clusters", () => {
    const random = seededRandom(12_345);
    const draw = (share: number) => {
      const [values, clusters]: [number[], string[]] = [[], []];
      for (let document = 0; document < 40; document += 1) {
        const own = share + (random() < 0.5 ? -0.1 : 0.1); // some documents are harder
        for (let question = 0; question < 6; question += 1) {
          values.push(random() < own ? 1 : 0);
          clusters.push(String(document));
        }
      }
      return { values, clusters };
    };
    let established = 0;
    for (let i = 0; i < 2_000; i += 1) {
      if (independentNonInferiority(draw(0.7), draw(0.8), 0.1).isEstablished) established += 1;
    }
    expect(established / 2_000).toBeLessThan(0.025 + 2 * Math.sqrt((0.025 * 0.975) / 2_000));
    expect(established).toBeGreaterThan(5); // it is no test that never says yes
  });
});
