import fc from "fast-check";
import { expect, it } from "vitest";
import { solvePositiveDefinite } from "./solve-positive-definite.ts";

it("solves what there is to solve", () => {
  expect([...solvePositiveDefinite([], new Float64Array())]).toEqual([]);
  expect([...solvePositiveDefinite([Float64Array.of(4)], Float64Array.of(2))]).toEqual([0.5]);
});

it("finds the vector that the matrix was multiplied with", () => {
  const numbers = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 9, maxLength: 9 });
  const vectors = fc.tuple(
    fc.integer({ min: -9, max: 9 }),
    fc.integer({ min: -9, max: 9 }),
    fc.integer({ min: -9, max: 9 }),
  );
  fc.assert(
    fc.property(numbers, vectors, (m, x) => {
      const product = (i: number, j: number) =>
        [0, 1, 2].reduce((sum, k) => sum + (m[3 * i + k] ?? 0) * (m[3 * j + k] ?? 0), 0);
      const matrix = [0, 1, 2].map((i) => Float64Array.from([0, 1, 2], (j) => product(i, j) + (i === j ? 1 : 0)));
      const right = Float64Array.from(matrix, (row) => row.reduce((sum, each, j) => sum + each * (x[j] ?? 0), 0));
      const solved = solvePositiveDefinite(matrix, right);
      for (const [i, value] of x.entries()) expect(solved[i]).toBeCloseTo(value, 6);
    }),
  );
});
