import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaUnderRoc, falseAnswerRate } from "./abstention.ts";

const confidences = fc.array(fc.constantFrom(0, 0.25, 0.5, 0.75, 1), { minLength: 1, maxLength: 12 });

describe("areaUnderRoc", () => {
  it("is the share of pairs in the right order, ties counting half", () => {
    fc.assert(
      fc.property(confidences, confidences, (answerable, unanswerable) => {
        const pairs = answerable.flatMap((yes) => unanswerable.map((no) => (yes > no ? 1 : yes === no ? 0.5 : 0)));
        const share = pairs.reduce<number>((sum, pair) => sum + pair, 0) / pairs.length;
        expect(areaUnderRoc(answerable, unanswerable)).toBeCloseTo(share, 10);
      }),
    );
  });

  it("is chance without one side", () => {
    expect(areaUnderRoc([], [0.4])).toBe(0.5);
    expect(areaUnderRoc([0.4], [])).toBe(0.5);
  });
});

describe("falseAnswerRate", () => {
  it("answers what is as sure as the wanted share of answerable questions", () => {
    const answerable = [0.9, 0.8, 0.7, 0.2];
    expect(falseAnswerRate(answerable, [0.75, 0.7, 0.1, 0.1], 0.75)).toBe(0.5);
    expect(falseAnswerRate(answerable, [0.75, 0.7, 0.1, 0.1], 1)).toBe(0.5);
    expect(falseAnswerRate(answerable, [0.3, 0.1], 1)).toBe(0.5);
    expect(falseAnswerRate([], [0.3], 0.95)).toBe(0);
  });
});
