import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fittingLength } from "./cut-text.ts";

const cut = (text: string, charactersMax: number) =>
  text.slice(
    0,
    fittingLength(text, (beginning) => beginning.length <= charactersMax),
  );

describe("fittingLength", () => {
  it.each([
    ["One is here. Two is there. Three.", 27, "One is here. Two is there."],
    ["One is here. Two is there. Three.", 100, "One is here. Two is there. Three."],
    ["One is here. Two is there.", 8, "One is"],
    ["First line\nsecond line", 12, "First line"],
    ["猫は部屋にいる。犬は外にいる。", 9, "猫は部屋にいる。"],
    ["unbreakable", 5, ""],
    ["", 5, ""],
    ["   ", 5, ""],
    ["👩‍👩‍👧‍👦 family", 3, ""],
  ])("cuts %j to %i characters as %j", (text, charactersMax, expected) => {
    expect(cut(text, charactersMax)).toBe(expected);
  });

  it("gives a beginning that fits and splits no character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (text, charactersMax) => {
        const kept = cut(text, charactersMax);
        expect(text.startsWith(kept)).toBe(true);
        expect(kept.length).toBeLessThanOrEqual(charactersMax);
        expect(Buffer.from(kept).toString()).toBe(kept); // no lone surrogate
      }),
    );
  });
});
