import { expect, it } from "vitest";
import { bootstrapMean } from "./clustered-bootstrap.ts";
import { qualityInterval, scoreInterval } from "./score-interval.ts";
import { wilsonInterval } from "./wilson.ts";

const each = (values: readonly number[]) => ({ values, clusters: values.map((_, i) => String(i)) });

it("is Wilson's for many clusters, and a little wider for few", () => {
  const many = each(Array.from({ length: 2_000 }, (_, i) => (i % 4 === 0 ? 0 : 1)));
  const wilson = wilsonInterval(1_500, 2_000);
  expect(scoreInterval(many).low).toBeCloseTo(wilson.low, 3);
  expect(scoreInterval(many).high).toBeCloseTo(wilson.high, 3);
  const few = each([1, 1, 1, 0, 1, 1, 1, 1]);
  expect(scoreInterval(few).low).toBeLessThan(wilsonInterval(7, 8).low);
});

it("is not sure of a few questions that are all right, nor of one document", () => {
  const three = qualityInterval(each([1, 1, 1]));
  expect(three).toMatchObject({ mean: 1, high: 1 });
  expect(three.low).toBeLessThan(0.4);
  const one = qualityInterval({ values: [1, 0, 1], clusters: ["a", "a", "a"] });
  expect([one.low, one.high]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

it("is the bootstrap's where values differ", () => {
  const values = each([1, 0.5, 0, 1, 1, 0.25, 1]);
  expect(qualityInterval(values, 7)).toEqual(bootstrapMean(values, 7));
});
