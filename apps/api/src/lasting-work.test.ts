import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { createLastingWork, runToEnd } from "./lasting-work.ts";

async function* slowly(items: readonly number[], given: number[], thrown?: Error) {
  for (const item of items) {
    await delay(1);
    given.push(item);
    yield item;
  }
  if (thrown !== undefined) throw thrown;
}

it("gives everything in order, and then what was thrown", async () => {
  await using lasting = createLastingWork();
  const seen: number[] = [];
  const reading = async () => {
    for await (const item of runToEnd(slowly([1, 2, 3], [], new Error("at last")), lasting)) seen.push(item);
  };
  await expect(reading()).rejects.toThrow("at last");
  expect(seen).toEqual([1, 2, 3]);
});

it("goes on when its reader leaves, and closing waits for the end", async () => {
  const lasting = createLastingWork();
  const given: number[] = [];
  for await (const item of runToEnd(slowly([1, 2, 3], given), lasting)) if (item === 1) break;
  expect(given).not.toContain(3);
  await lasting[Symbol.asyncDispose]();
  expect(given).toEqual([1, 2, 3]);
});

it("closes at once when there is nothing, and after a failure that nobody read", async () => {
  const lasting = createLastingWork();
  runToEnd(slowly([], [], new Error("unread")), lasting);
  await lasting[Symbol.asyncDispose]();
  await lasting[Symbol.asyncDispose]();
});
