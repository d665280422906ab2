import { seededRandom } from "@larder/statistics";
import { describe, expect, it } from "vitest";
import { fitListwise } from "./fit-listwise.ts";
import type { JudgedList } from "./judged-list.ts";
import { scoresOf, softmax, toJudgedList } from "./judged-list.ts";

/** Lists whose gold is spread exactly as a softmax of these weights would draw it. */
function drawnBy(weights: readonly number[], count: number): readonly JudgedList[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, () => {
    const features = Float64Array.from({ length: 30 * weights.length }, () => random());
    const list = { features, gold: new Array<number>(30).fill(0), tokens: new Array<number>(30).fill(1), goldTotal: 1 };
    return { ...list, gold: [...softmax(scoresOf(list, weights))] };
  });
}

describe("fitListwise", () => {
  it("finds the weights that spread the gold", () => {
    const fitted = fitListwise(drawnBy([6, -1, 3], 2_000), 3);
    for (const [i, weight] of [6, -1, 3].entries()) expect(fitted[i]).toBeCloseTo(weight, 0);
  });

  it("has no better place beside it", () => {
    const lists = drawnBy([4, 2], 40);
    const fitted = fitListwise(lists, 2);
    const loss = (weights: readonly number[]) =>
      weights.reduce((sum, weight) => sum + weight * weight, 0) -
      lists.reduce((sum, list) => {
        const drawn = softmax(scoresOf(list, weights));
        return sum + list.gold.reduce((likelihood, gold, i) => likelihood + gold * Math.log(drawn[i] ?? 0), 0);
      }, 0);
    for (const [i, step] of [-0.01, 0.01].flatMap((step) => [0, 1].map((i) => [i, step] as const))) {
      expect(loss(fitted.map((weight, j) => (i === j ? weight + step : weight)))).toBeGreaterThan(loss(fitted));
    }
  });

  it("learns nothing from nothing", () => {
    expect(fitListwise([], 2)).toEqual([0, 0]);
    const withoutGold = { features: Float64Array.of(1, 0), gold: [0, 0], tokens: [1, 1], goldTotal: 5 };
    expect(fitListwise([withoutGold], 1)).toEqual([0]);
  });

  it("gives the weight of two equal features to both", () => {
    const lists = drawnBy([5], 50).map((list) => ({
      ...list,
      features: Float64Array.from([...list.features].flatMap((feature) => [feature, feature])),
    }));
    const [a = 0, b = 1] = fitListwise(lists, 2);
    expect(a).toBeCloseTo(b, 6);
  });
});

describe("toJudgedList", () => {
  it("counts the gold of each candidate, and all of it", () => {
    const range = (start: number, end: number, documentId = "d") => ({ documentId, start, end });
    const candidates = [range(0, 10), range(10, 30), range(0, 10, "other")].map((each, i) => ({
      ...{ range: each, tokens: i, features: [i, 1] },
    }));
    const list = toJudgedList(candidates, [range(5, 15), range(12, 20), range(90, 95)]);
    expect(list.gold).toEqual([5, 10, 0]);
    expect(list.goldTotal).toBe(20);
    expect([...list.features]).toEqual([0, 1, 1, 1, 2, 1]);
  });
});
