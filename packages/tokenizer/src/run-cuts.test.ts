import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findRunCuts, isWhiteSpace } from "./run-cuts.ts";

describe("findRunCuts", () => {
  it("leaves text of short words alone", () => {
    expect(findRunCuts("", 4)).toEqual([]);
    expect(findRunCuts("abcd efgh    ijkl", 4)).toEqual([]);
  });

  it("cuts a long run from its own start", () => {
    expect(findRunCuts("abcdefghi", 4)).toEqual([4, 8]);
    expect(findRunCuts("x abcdefghi", 4)).toEqual([6, 10]);
    expect(findRunCuts(" \n \n \n", 4)).toEqual([4]);
  });

  it("leaves no run longer than the limit and no surrogate pair in two", () => {
    const unit = fc.constantFrom("a", "é", " ", "\n", "🦊", "\ud800", "\udc00", "漢");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 80 }), fc.integer({ min: 2, max: 9 }), (text, runCharactersMax) => {
        const bounds = [0, ...findRunCuts(text, runCharactersMax), text.length];
        const pieces = bounds.slice(1).map((end, i) => text.slice(bounds[i], end));
        expect(pieces.join("")).toBe(text);
        for (const run of pieces.flatMap((piece) => piece.match(/\S+|\s+/g) ?? [])) {
          expect(run.length).toBeLessThanOrEqual(runCharactersMax);
        }
        for (const cut of bounds.slice(1, -1)) {
          expect(/^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(cut - 1, cut + 1))).toBe(false);
        }
      }),
    );
  });

  it("knows the white space that regular expressions know", () => {
    for (let code = 0; code <= 0xffff; code++) {
      if (isWhiteSpace(code) !== /\s/.test(String.fromCharCode(code))) expect.fail(`U+${code.toString(16)}`);
    }
  });
});
