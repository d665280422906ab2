import { expect, it } from "vitest";
import { scoreOfLogits } from "./score-of-logits.ts";

it("takes the only logit, or the lead of the second of two", () => {
  expect(scoreOfLogits([-3.5])).toBe(-3.5);
  expect(scoreOfLogits(Float32Array.of(-1, 2))).toBe(3);
});

it.each([[[]], [[1, 2, 3]], [[Number.NaN]], [[Number.NEGATIVE_INFINITY]], [[0, Number.NaN]]])(
  "refuses the logits %j",
  (logits) => {
    expect(() => scoreOfLogits(logits)).toThrow(expect.objectContaining({ code: "RERANKER_OUTPUT_INVALID" }));
  },
);
