import fc from "fast-check";
import { expect, it } from "vitest";
import { lengthOf, sharedLength, uniteRanges } from "./character-ranges.ts";

const ranges = fc.array(
  fc.record({ documentId: fc.constantFrom("a", "b"), start: fc.nat(30), length: fc.nat(12) }).map((drawn) => ({
    documentId: drawn.documentId,
    start: drawn.start,
    end: drawn.start + drawn.length,
  })),
  { maxLength: 8 },
);

/** Every character by its own name. */
function characters(of: readonly { documentId: string; start: number; end: number }[]): Set<string> {
  return new Set(
    of.flatMap(({ documentId, start, end }) =>
      Array.from({ length: end - start }, (_, i) => `${documentId}${start + i}`),
    ),
  );
}

it("unites ranges to the same characters, each once", () => {
  fc.assert(
    fc.property(ranges, (some) => {
      const united = uniteRanges(some);
      expect(characters(united)).toEqual(characters(some));
      expect(lengthOf(united)).toBe(characters(some).size);
    }),
  );
});

it("counts the characters that two lists share", () => {
  fc.assert(
    fc.property(ranges, ranges, (some, others) => {
      const both = [...characters(some)].filter((character) => characters(others).has(character));
      expect(sharedLength(some, others)).toBe(both.length);
    }),
  );
});

it("joins ranges that touch and keeps documents apart", () => {
  const touching = [
    { documentId: "b", start: 0, end: 2 },
    { documentId: "a", start: 3, end: 5 },
    { documentId: "a", start: 0, end: 3 },
    { documentId: "a", start: 7, end: 7 },
  ];
  expect(uniteRanges(touching)).toEqual([
    { documentId: "a", start: 0, end: 5 },
    { documentId: "b", start: 0, end: 2 },
  ]);
  expect(uniteRanges([])).toEqual([]);
});
