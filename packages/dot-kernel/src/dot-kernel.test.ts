import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDotKernel, strideBytesStep } from "./dot-kernel.ts";
import { createLinearMemory } from "./linear-memory.ts";

const rowFloats = strideBytesStep / 4;

describe("createDotKernel", () => {
  it("gives the dot product of a query with each row, exactly where whole numbers are multiplied", () => {
    const vector = (turns: number) =>
      fc.array(fc.integer({ min: -127, max: 127 }), { minLength: rowFloats * turns, maxLength: rowFloats * turns });
    const problems = fc
      .integer({ min: 1, max: 6 })
      .chain((turns) => fc.array(vector(turns), { minLength: 2, maxLength: 9 }));
    fc.assert(
      fc.property(problems, ([query = [], ...rows]) => {
        const stride = query.length * 4;
        const memory = createLinearMemory(1);
        const floats = new Float32Array(memory.buffer);
        floats.set([...query, ...rows.flat()]);
        const out = stride * (rows.length + 1);
        createDotKernel(memory).dots(stride, out, stride, 0, out);
        const expected = rows.map((row) => row.reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0));
        expect([...floats.subarray(out / 4, out / 4 + rows.length)]).toEqual(expected);
      }),
    );
  });

  it("writes nothing for no rows", () => {
    const memory = createLinearMemory(1);
    const floats = new Float32Array(memory.buffer).fill(7);
    createDotKernel(memory).dots(64, 64, 64, 0, 1_024);
    expect(floats.every((value) => value === 7)).toBe(true);
  });
});
