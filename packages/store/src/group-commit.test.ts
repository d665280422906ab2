import { expect, it } from "vitest";
import { createGroupCommit } from "./group-commit.ts";

it("writes what comes together together, and resolves when it is written", async () => {
  const writes: (readonly number[])[] = [];
  const group = createGroupCommit<number>((items) => void writes.push(items), 20);
  await Promise.all([group.add(1), group.add(2), group.add(3)]);
  expect(writes).toEqual([[1, 2, 3]]);
  await Promise.all([group.add(4), group.add(5)]);
  expect(writes).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

it("lets an item that cannot be written fail alone", async () => {
  const written: number[] = [];
  const group = createGroupCommit<number>((items) => {
    if (items.includes(2)) throw new RangeError("no two");
    written.push(...items);
  }, 5);
  const ends = await Promise.allSettled([group.add(1), group.add(2), group.add(3)]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(written).toEqual([1, 3]);
});

it("writes what waits when it is told to", async () => {
  const written: number[] = [];
  const group = createGroupCommit<number>((items) => void written.push(...items), 10_000);
  await group.add(1);
  const second = group.add(2);
  group.flush();
  await second;
  expect(written).toEqual([1, 2]);
});
