import { describe, expect, it } from "vitest";
import { nonInferiority } from "./non-inferiority.ts";
import { seededRandom } from "./seeded-random.ts";

const each = (count: number) => Array.from({ length: count }, (_, i) => String(i));
const same = (count: number) => ({ values: Array<number>(count).fill(0), clusters: each(count) });

it("is not sure of equality after a few questions that came out alike", () => {
  expect(nonInferiority(same(20), 0.02).isEstablished).toBe(false);
  const many = nonInferiority(same(400), 0.02);
  expect(many).toMatchObject({ delta: 0, isEstablished: true });
  expect(many.lower).toBeCloseTo(-3.865 / 403.865, 3); // t² for 399 degrees of freedom
});

it("knows nothing from one cluster", () => {
  const one = { values: Array<number>(500).fill(0), clusters: Array<string>(500).fill("a") };
  expect(nonInferiority(one, 0.5)).toMatchObject({ lower: Number.NEGATIVE_INFINITY, isEstablished: false });
});

it("is less sure where questions of one document go together", () => {
  const values = Array.from({ length: 200 }, (_, i) => (Math.floor(i / 10) % 5 === 0 ? -0.2 : 0.05));
  const clusters = values.map((_, i) => String(Math.floor(i / 10)));
  expect(nonInferiority({ values, clusters }, 0.1).lower).toBeLessThan(
    nonInferiority({ values, clusters: each(200) }, 0.1).lower,
  );
});

describe("where the difference is exactly the margin", () => {
  it.each([
    { questions: 60, clusters: 60, margin: 0.02 },
    { questions: 300, clusters: 40, margin: 0.02 },
    { questions: 300, clusters: 10, margin: 0.05 },
  ])("is established in at most 2.5 % of 1,000 experiments ($questions questions of $clusters documents)", (plan) => {
    const random = seededRandom(11);
    let established = 0;
    for (let i = 0; i < 1_000; i += 1) {
      const values = Array.from({ length: plan.questions }, () => {
        const drawn = random();
        return drawn < 0.05 ? 1 : drawn < 0.1 + plan.margin ? -1 : 0;
      });
      const clusters = values.map((_, q) => String(q % plan.clusters));
      const { isEstablished } = nonInferiority({ values, clusters }, plan.margin, { seed: i + 1, resamples: 400 });
      if (isEstablished) established += 1;
    }
    expect(established).toBeLessThanOrEqual(25);
  });
});
