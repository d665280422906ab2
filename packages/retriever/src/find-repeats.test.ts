import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRepeatFinder } from "./find-repeats.ts";

const ids = (...tokens: readonly number[]) => Uint16Array.from(tokens);
const tens = Array.from({ length: 20 }, (_, i) => i);

describe("createRepeatFinder", () => {
  it("finds the same tokens again, in whatever order and number", () => {
    const repeats = createRepeatFinder();
    expect(repeats.isRepeat(ids(1, 2, 3, 4, 5, 6))).toBe(false);
    repeats.add(ids(1, 2, 3, 4, 5, 6));
    expect(repeats.isRepeat(ids(6, 5, 4, 3, 2, 1, 1))).toBe(true);
    expect(repeats.isRepeat(ids(1, 2, 3, 4, 5, 7))).toBe(false);
  });

  it("takes nine tenths in common for a repetition, and less not", () => {
    const repeats = createRepeatFinder();
    repeats.add(ids(...tens));
    expect(repeats.isRepeat(ids(...tens.slice(2)))).toBe(true); // 18 of 20
    expect(repeats.isRepeat(ids(...tens.slice(3)))).toBe(false);
    expect(repeats.isRepeat(ids(...tens, 50, 51))).toBe(true); // 20 of 22
    expect(repeats.isRepeat(ids(...tens, 50, 51, 52))).toBe(false);
  });

  it("leaves short sentences alone", () => {
    const repeats = createRepeatFinder();
    repeats.add(ids(1, 2, 3, 4, 5));
    expect(repeats.isRepeat(ids(1, 2, 3, 4, 5))).toBe(false);
    expect(repeats.isRepeat(ids())).toBe(false);
  });

  it("agrees with Jaccard's coefficient", () => {
    const tokens = fc.array(fc.nat(12), { minLength: 6, maxLength: 20 }).map((array) => ids(...array));
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 5 }), tokens, (added, asked) => {
        const repeats = createRepeatFinder();
        for (const each of added) repeats.add(each);
        const isAlike = added.some((each) => {
          const common = [...new Set(each)].filter((token) => asked.includes(token)).length;
          return common / new Set([...each, ...asked]).size >= 0.9;
        });
        expect(repeats.isRepeat(asked)).toBe(isAlike);
      }),
    );
  });
});
