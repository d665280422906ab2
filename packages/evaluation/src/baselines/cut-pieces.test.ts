import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutRecursively, cutWindows } from "./cut-pieces.ts";

const words = (text: string): string => text.replace(/\s+/g, "");
const countWords = (text: string): number => text.split(/\s+/).filter((word) => word !== "").length;
const prose = fc
  .array(fc.constantFrom("a", "word", "sentence. ", "\n", "\n\n", " ", "unbroken".repeat(8)), { maxLength: 60 })
  .map((parts) => parts.join(" "));

describe("cutRecursively", () => {
  it("keeps every visible character once and no piece above the size", () => {
    fc.assert(
      fc.property(prose, fc.integer({ min: 5, max: 80 }), (text, size) => {
        const pieces = cutRecursively(text, size);
        expect(words(pieces.map(({ start, end }) => text.slice(start, end)).join(""))).toBe(words(text));
        expect(pieces.every(({ start, end }) => end > start && end - start <= size)).toBe(true);
      }),
    );
  });

  it("cuts at paragraphs before lines before sentences before words", () => {
    const text = "One two.\n\nThree four. Five six.";
    const parts = cutRecursively(text, 12).map(({ start, end }) => text.slice(start, end));
    expect(parts).toEqual(["One two.", "Three four.", "Five six."]);
    expect(cutRecursively("", 10)).toEqual([]);
  });
});

describe("cutWindows", () => {
  it("begins a window after every size less overlap", () => {
    const text = "a b c d e f g h";
    const parts = cutWindows(text, countWords, { size: 4, overlap: 2 }).map(({ start, end }) => text.slice(start, end));
    expect(parts).toEqual(["a b c d", "c d e f", "e f g h"]);
  });

  it("covers every word and keeps to the size", () => {
    fc.assert(
      fc.property(prose, (text) => {
        const windows = cutWindows(text, countWords, { size: 6, overlap: 3 });
        const seen = new Set(
          windows.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)),
        );
        const missed = [...text].filter((character, i) => character.trim() !== "" && !seen.has(i));
        expect(missed).toEqual([]);
        expect(windows.every(({ start, end }) => countWords(text.slice(start, end)) <= 6)).toBe(true);
      }),
    );
  });
});
