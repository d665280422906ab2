import type { VectorIndex } from "@larder/contracts";
import { addOf, deleteOf } from "@larder/testkit";
import { expect, it } from "vitest";
import { axis, follow, labelsOf, MemoryLog } from "../test/memory-log.ts";
import { call, kb } from "../test/temporary-index.ts";
import { createExactIndex } from "./exact-index.ts";

it("begins anew when the log is pruned while it is read", async () => {
  const { followed, log } = follow();
  const adds = [1, 2, 3, 4, 5, 6].map((label) => addOf(label, label, axis(0)));
  log.operations = [...adds, deleteOf(8, 1), addOf(9, 9, axis(0))];
  const { readAfter } = MemoryLog.prototype;
  log.readAfter = async (id, sequence, limit) => {
    if (sequence === 2 && log.pruned === 0) {
      log.operations = log.operations.filter(({ label }) => label !== 1);
      log.pruned = 8; // for the index of before, which was past it
    }
    return readAfter.call(log, id, sequence, limit);
  };
  await followed.catchUp(kb, call);
  expect(labelsOf(await followed.search(kb, axis(0), { limit: 9 }, call))).toEqual([2, 3, 4, 5, 6, 9]);
});

it("shows no half of a commit that is applied in several pages", async () => {
  const exact = createExactIndex({ dimensions: 4 });
  const asked = gate();
  const halfApplied = gate();
  let searches = 0;
  const index: VectorIndex = {
    ...exact,
    search: async (...parameters) => {
      searches += 1;
      asked.resolve();
      if (searches === 1) await halfApplied.promise;
      return exact.search(...parameters);
    },
  };
  const { followed, log } = follow({ index });
  log.operations = [addOf(1, 1, axis(0)), addOf(2, 2, axis(0))];
  await followed.catchUp(kb, call);
  const search = followed.search(kb, axis(0), { limit: 9 }, call);
  await asked.promise;
  log.operations.push(deleteOf(3, 1), deleteOf(4, 2), addOf(5, 3, axis(0)), addOf(6, 4, axis(0))); // one document's
  const rest = gate();
  const { readAfter } = MemoryLog.prototype;
  log.readAfter = async (id, sequence, limit) => {
    if (sequence === 4) await rest.promise;
    return readAfter.call(log, id, sequence, limit);
  };
  const catchUp = followed.catchUp(kb, call);
  await expect.poll(async () => (await exact.status(kb, call)).appliedSequence).toBe(4);
  halfApplied.resolve();
  setImmediate(rest.resolve); // long after that search has come back
  expect(labelsOf(await search)).toEqual([3, 4]);
  await catchUp;
});

it("does not wait for what is committed after the search began", async () => {
  const { followed, log } = follow();
  log.operations = [addOf(1, 1, axis(0))];
  const { latestSequence } = MemoryLog.prototype;
  log.latestSequence = async () => {
    const latest = await latestSequence.call(log);
    log.operations.push(addOf(latest + 1, latest + 1, axis(0))); // somebody commits all the time
    return latest;
  };
  expect((await followed.search(kb, axis(0), { limit: 1 }, call)).hits).toHaveLength(1);
});

function gate() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve };
}
