import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeVarints, encodeVarints } from "./varints.ts";

it("come out as they went in, up to the largest safe integer", () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat()), (numbers) => {
      expect(decodeVarints(encodeVarints(numbers))).toEqual(numbers);
    }),
  );
});

it.each([
  [0, "00"],
  [127, "7f"],
  [128, "8100"],
  [300, "822c"],
  [16_384, "818000"],
])("%d is %s in bytes, as SQLite writes it", (number, hex) => {
  expect(encodeVarints([number]).toString("hex")).toBe(hex);
});
