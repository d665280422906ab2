import fc from "fast-check";
import { expect, it } from "vitest";
import { codesStep, createCodeKernel } from "./code-kernel.ts";
import { createLinearMemory } from "./linear-memory.ts";

const idsAt = 0;
const outAt = 256;
const queryAt = 1_024;
const rowsAt = 8_192;

const codes = (turns: number) => fc.int8Array({ minLength: codesStep * turns, maxLength: codesStep * turns });

it("gives the dot products of a row with the rows that are named, in the order of their names", () => {
  const problems = fc.integer({ min: 1, max: 6 }).chain((turns) =>
    fc.record({
      rows: fc.array(codes(turns), { minLength: 1, maxLength: 9 }),
      query: codes(turns),
      picks: fc.array(fc.nat(), { maxLength: 40 }),
    }),
  );
  fc.assert(
    fc.property(problems, ({ rows, query, picks }) => {
      const memory = createLinearMemory(1);
      const kernel = createCodeKernel(memory);
      const stride = query.length;
      const bytes = new Int8Array(memory.buffer);
      for (const [i, row] of [...rows, query].entries()) bytes.set(row, rowsAt + i * stride);
      const ids = picks.map((pick) => pick % rows.length);
      new Uint32Array(memory.buffer, idsAt).set(ids);
      kernel.widen(rowsAt + rows.length * stride, stride, queryAt);
      kernel.scoreRows(idsAt, idsAt + ids.length * 4, queryAt, stride, rowsAt, outAt);
      const expected = ids.map((id) => rows[id]?.reduce((sum, code, i) => sum + code * (query[i] ?? 0), 0));
      expect([...new Int32Array(memory.buffer, outAt, ids.length)]).toEqual(expected);
      expect(new Int32Array(memory.buffer)[outAt / 4 + Math.max(1, ids.length)]).toBe(0);
    }),
  );
});
