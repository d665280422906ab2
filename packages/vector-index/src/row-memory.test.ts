import { expect, it } from "vitest";
import { roomBytesMax, withRoom } from "./row-memory.ts";

const details = { vectors: 1, dimensions: 1 };

it("has room up to the last byte whose successor has an address, and refuses one more before it changes anything", () => {
  const memory = withRoom(undefined, roomBytesMax, details);
  expect(memory.buffer.byteLength).toBe(2 ** 32);
  expect(withRoom(memory, roomBytesMax, details)).toBe(memory);
  // Rows up to 2 ** 32 would end at address 0: a kernel would stop before the first of them.
  for (const before of [undefined, memory]) {
    expect(() => withRoom(before, 2 ** 32, details)).toThrow(expect.objectContaining({ code: "INDEX_FULL" }));
  }
});
