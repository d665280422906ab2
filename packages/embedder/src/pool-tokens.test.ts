import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { poolTokens } from "./pool-tokens.ts";
import { checkUnitRows } from "./unit-rows.ts";

const rows = Float32Array.of(3, 4, 1, 0, 0, 2); // three tokens of two dimensions

describe("poolTokens", () => {
  it.each([
    { pooling: "mean", vector: [4 / Math.sqrt(52), 6 / Math.sqrt(52)] },
    { pooling: "first_token", vector: [0.6, 0.8] },
    { pooling: "last_token", vector: [0, 1] },
  ] as const)("pools by $pooling to unit length", ({ pooling, vector }) => {
    expect([...poolTokens(rows, 2, pooling)]).toEqual(vector.map((value) => Math.fround(value)));
  });

  it.each([
    { what: "zero", values: [0, 0] },
    { what: "NaN", values: [1, Number.NaN] },
    { what: "infinite", values: [Number.POSITIVE_INFINITY, 1] },
    { what: "opposite", values: [1, 1, -1, -1] },
  ])("refuses rows whose sum is $what", ({ values }) => {
    const code = "EMBEDDER_OUTPUT_INVALID";
    expect(() => poolTokens(Float32Array.from(values), 2, "mean")).toThrow(expect.objectContaining({ code }));
  });

  it("gives a unit row whatever the scale", () => {
    const value = fc.float({ min: 1, max: Math.fround(1e30), noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 600 }), (tokens) => {
        checkUnitRows(poolTokens(Float32Array.from(tokens.flat()), 3, "mean"), 1, 3);
      }),
    );
  });
});

describe("checkUnitRows", () => {
  const refusal = expect.objectContaining({ code: "EMBEDDER_OUTPUT_INVALID" });

  it("accepts zero rows and unit rows", () => {
    expect(checkUnitRows(new Float32Array(0), 0, 2)).toHaveLength(0);
    expect(checkUnitRows(Float32Array.of(0.6, 0.8, 0, -1), 2, 2)).toHaveLength(4);
  });

  it.each([
    { what: "too few values", values: [0.6, 0.8] },
    { what: "a long row", values: [0.6, 0.8, 0, 1.01] },
    { what: "a zero row", values: [0, 0, 0, 1] },
    { what: "NaN", values: [0.6, 0.8, Number.NaN, 1] },
    { what: "infinity", values: [0.6, 0.8, Number.NEGATIVE_INFINITY, 1] },
  ])("refuses $what", ({ values }) => {
    expect(() => checkUnitRows(Float32Array.from(values), 2, 2)).toThrow(refusal);
  });
});
