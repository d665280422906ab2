import { expect, it } from "vitest";
import { createRepeatFinder } from "./find-repeats.ts";

const ids = (...tokens: readonly number[]) => Uint16Array.from(tokens);

it("finds the same tokens in the same order, and nothing else", () => {
  const repeats = createRepeatFinder();
  expect(repeats.isRepeat(ids(1, 2, 3, 4, 5, 6))).toBe(false);
  repeats.add(ids(1, 2, 3, 4, 5, 6));
  expect(repeats.isRepeat(ids(1, 2, 3, 4, 5, 6))).toBe(true);
  expect(repeats.isRepeat(ids(1, 2, 3, 4, 5, 7))).toBe(false); // another number
  expect(repeats.isRepeat(ids(1, 2, 9, 3, 4, 5, 6))).toBe(false); // a "not" more
  expect(repeats.isRepeat(ids(6, 5, 4, 3, 2, 1))).toBe(false);
});

it("leaves short sentences alone", () => {
  const repeats = createRepeatFinder();
  repeats.add(ids(1, 2, 3, 4, 5));
  expect(repeats.isRepeat(ids(1, 2, 3, 4, 5))).toBe(false);
  expect(repeats.isRepeat(ids())).toBe(false);
});
