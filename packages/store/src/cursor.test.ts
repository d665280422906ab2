import fc from "fast-check";
import { expect, it } from "vitest";
import { printCursor, readCursor, toPage } from "./cursor.ts";

it("reads back every cursor that it printed", () => {
  const key = fc.nat(Number.MAX_SAFE_INTEGER);
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 3 }), (keys) => {
      expect(readCursor(printCursor(keys), keys.length)).toEqual(keys);
    }),
  );
});

it("refuses any other text, and a cursor of another list", () => {
  const invalid = expect.objectContaining({ code: "REQUEST_INVALID" });
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.base64String()), (text) => {
      let keys: readonly number[] | undefined;
      try {
        keys = readCursor(text, 1);
      } catch (error) {
        expect(error).toEqual(invalid);
      }
      if (keys !== undefined) expect(printCursor(keys)).toBe(text);
    }),
  );
  expect(() => readCursor(printCursor([1]), 2)).toThrow(invalid);
  expect(() => readCursor(printCursor([1, 2]), 1)).toThrow(invalid);
});

it("has a cursor exactly when there is more", () => {
  const page = (rows: readonly number[]) => toPage(rows, 2, (row) => [row], String);
  expect(page([])).toEqual({ data: [] });
  expect(page([1, 2])).toEqual({ data: ["1", "2"] });
  expect(page([1, 2, 3])).toEqual({ data: ["1", "2"], nextCursor: printCursor([2]) });
});
