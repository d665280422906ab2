import fc from "fast-check";
import { expect, it } from "vitest";
import { CodeRows } from "./code-rows.ts";

function unit(numbers: Float32Array): Float32Array {
  const norm = Math.hypot(...numbers);
  return numbers.map((number) => number / norm);
}

const rowsOf = (dimensions: number) => {
  const number = fc.float({ min: -1, max: 1, noNaN: true });
  const vector = fc
    .array(number, { minLength: dimensions, maxLength: dimensions })
    .map((numbers) => Float32Array.from(numbers))
    .filter((numbers) => Math.hypot(...numbers) > 1e-3)
    .map(unit);
  return fc.array(vector, { minLength: 2, maxLength: 12 });
};
const problems = fc.integer({ min: 1, max: 200 }).chain(rowsOf);

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, number, i) => sum + number * (b[i] ?? 0), 0);

it("gives cosines as nearly as seven bits and a sign tell them, in any dimension, of vectors and of rows", () => {
  fc.assert(
    fc.property(problems, ([question = new Float32Array(), ...vectors]) => {
      const rows = new CodeRows(question.length, 0);
      for (const vector of vectors) rows.add(vector);
      const asked = rows.add(question);
      // A code is off by half a step of a 127th of the largest number, which is 1 at most; and so is the other's.
      const off = Math.sqrt(question.length) / 127 + question.length / 254 ** 2;
      for (const ask of [() => rows.askFor(question), () => rows.askForRow(asked)]) {
        ask();
        rows.batch.set(vectors.map((_, row) => row));
        rows.score(vectors.length);
        for (const [row, vector] of vectors.entries()) {
          expect(Math.abs((rows.scores[row] ?? 2) - dot(vector, question))).toBeLessThan(off);
        }
      }
    }),
  );
});

it("knows a row by its vector, and no other", () => {
  fc.assert(
    fc.property(problems, ([one = new Float32Array(), other = new Float32Array()]) => {
      const rows = new CodeRows(one.length, 1);
      const row = rows.add(one);
      expect(rows.holds(row, one)).toBe(true);
      expect(
        rows.holds(
          row,
          one.map((number) => -number),
        ),
      ).toBe(false);
      if (dot(one, other) < 0.9) expect(rows.holds(row, other)).toBe(false);
    }),
  );
});

it("grows as far as memory reaches, not only as far as it can have room to spare, and is unchanged when it is full", () => {
  const dimensions = 4_096;
  const vector = unit(Float32Array.from({ length: dimensions }, (_, i) => Math.sin(i)));
  const rows = new CodeRows(dimensions, 2_000_000); // more than there can be
  const rowsMax = 1_048_572; // (4 GiB - 13,312 bytes) / 4,096
  rows.restore(rowsMax - 1);
  expect(rows.add(vector)).toBe(rowsMax - 1);
  rows.askFor(vector);
  expect(rows.scoreOf(rowsMax - 1)).toBeCloseTo(1, 5);
  expect(() => rows.add(vector)).toThrow(expect.objectContaining({ code: "INDEX_FULL" }));
  expect(rows.count).toBe(rowsMax);

  const growing = new CodeRows(dimensions, 0);
  growing.restore(800_000); // half as much again would be more than memory reaches
  expect(growing.add(vector)).toBe(800_000);
  growing.askFor(vector);
  expect(growing.scoreOf(800_000)).toBeCloseTo(1, 5);
});
