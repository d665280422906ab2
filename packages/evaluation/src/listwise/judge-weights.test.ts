import { describe, expect, it } from "vitest";
import { areasOf, calibrationOf, meanCurve, recallCurve } from "./judge-weights.ts";
import type { JudgedList } from "./judged-list.ts";

/** One feature: the better the later. */
const list: JudgedList = {
  features: Float64Array.of(0, 1, 2),
  gold: [4, 0, 4],
  tokens: [128, 256, 512],
  goldTotal: 16,
};
const none: JudgedList = { features: new Float64Array(), gold: [], tokens: [], goldTotal: 3 };

describe("recallCurve", () => {
  it("takes the best first and cuts what does not fit", () => {
    expect(recallCurve(list, [1]).map(({ recall }) => recall)).toEqual([0.125, 0.25, 0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(recallCurve(list, [-1])[0]).toEqual({ tokens: 256, recall: 0.25 });
  });

  it("finds nothing among no candidates, and nothing where there is no gold", () => {
    expect(recallCurve(none, [1]).every(({ recall }) => recall === 0)).toBe(true);
    expect(recallCurve({ ...none, goldTotal: 0 }, [1])[0]?.recall).toBe(0);
  });

  it("has a mean and an area", () => {
    expect(meanCurve([recallCurve(list, [1]), recallCurve(none, [1])])[1]).toEqual({ tokens: 512, recall: 0.125 });
    const [area, nothing] = areasOf([list, none], [1]);
    expect(area).toBeCloseTo((0.1875 + 0.375 + 4 * 0.5) / 6);
    expect(nothing).toBe(0);
  });
});

describe("calibrationOf", () => {
  it("takes candidates until their shares are enough", () => {
    const half = Math.log(2); // shares of 1, 2 and 4 sevenths
    expect(calibrationOf([list], [half], 0.5)).toEqual({ predicted: 0.5, recall: 0.5, tokens: 512 });
    expect(calibrationOf([list], [half], 0.8)).toEqual({ predicted: 0.8, recall: 0.5, tokens: 768 });
    expect(calibrationOf([list], [half], 0.9)).toEqual({ predicted: 0.9, recall: 1, tokens: 896 });
  });

  it("leaves out questions of whose gold no candidate holds any", () => {
    expect(calibrationOf([none, list], [0], 1)).toMatchObject({ recall: 1, tokens: 896 });
    expect(calibrationOf([], [0], 1)).toMatchObject({ recall: 0, tokens: 0 });
  });
});
