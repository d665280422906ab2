import type { VectorIndex } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { addOf, deleteOf } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import { axis, follow, labelsOf, MemoryLog } from "../test/memory-log.ts";
import { call, kb } from "../test/temporary-index.ts";
import { createExactIndex } from "./exact-index.ts";

describe("an index that follows its log", () => {
  it("finds nothing and reads nothing when the log is empty", async () => {
    const { followed, log } = follow();
    expect(await followed.search(kb, axis(0), { limit: 3 }, call)).toEqual({ hits: [], appliedSequence: 0 });
    expect(log.reads).toBe(0);
  });

  it("finds what was committed before the search, however much it missed", async () => {
    const { followed, log } = follow();
    log.operations = [1, 2, 3, 4, 5].map((label) => addOf(label * 10, label, axis(label % 4)));
    expect(labelsOf(await followed.search(kb, axis(1), { limit: 2 }, call))).toEqual([1, 5]);
    expect(log.reads).toBe(3);
    log.operations.push(deleteOf(60, 1), addOf(61, 6, axis(1)));
    expect(labelsOf(await followed.search(kb, axis(1), { limit: 2 }, call))).toEqual([5, 6]);
    expect(log.reads).toBe(4);
  });

  it("reads the log no more once it is level", async () => {
    const { followed, log } = follow();
    log.operations = [addOf(1, 1, axis(0))];
    await followed.catchUp(kb, call);
    for (let i = 0; i < 5; i++) await followed.search(kb, axis(0), { limit: 1 }, call);
    expect(log.reads).toBe(1);
  });

  it("catches up once for many searches at a time", async () => {
    const { followed, log } = follow({ operationsPerPage: 100 });
    log.operations = Array.from({ length: 50 }, (_, i) => addOf(i + 1, i + 1, axis(i % 4)));
    const results = await Promise.all(
      Array.from({ length: 20 }, () => followed.search(kb, axis(0), { limit: 100 }, call)),
    );
    for (const result of results) expect(result.hits).toHaveLength(50);
    expect(log.reads).toBe(1);
  });

  it("drops and rebuilds an index that is ahead of its log, as after a restored database", async () => {
    const { followed, log, index } = follow();
    await index.apply(kb, [addOf(7, 1, axis(0)), addOf(8, 2, axis(1))], { after: 0 }, call);
    log.operations = [addOf(5, 3, axis(0))];
    expect(labelsOf(await followed.search(kb, axis(0), { limit: 9 }, call))).toEqual([3]);
    expect(await index.status(kb, call)).toMatchObject({ appliedSequence: 5 });
  });

  it("drops and rebuilds an index that is not past what the log was pruned of", async () => {
    const { followed, log, index } = follow();
    await index.apply(kb, [addOf(1, 1, axis(0)), addOf(2, 2, axis(0))], { after: 0 }, call);
    log.operations = [addOf(2, 2, axis(0)), addOf(9, 3, axis(0))]; // a delete of 1 came and went
    log.pruned = 5;
    expect(labelsOf(await followed.search(kb, axis(0), { limit: 9 }, call))).toEqual([2, 3]);
  });

  it("leaves an index that is past it as it is, and one that it began anew itself", async () => {
    const exact = createExactIndex({ dimensions: 4 });
    let drops = 0;
    let applies = 0;
    const index: VectorIndex = {
      ...exact,
      drop: async (...parameters) => {
        drops += 1;
        await exact.drop(...parameters);
      },
      apply: async (...parameters) => {
        applies += 1;
        if (applies === 2) throw new LarderError("INDEX_UNAVAILABLE");
        await exact.apply(...parameters);
      },
    };
    const { followed, log } = follow({ index });
    log.operations = [1, 2, 3, 4, 5].map((label) => addOf(label, label, axis(0)));
    log.pruned = 5;
    await expect(followed.search(kb, axis(0), { limit: 9 }, call)).rejects.toMatchObject({ code: "INDEX_UNAVAILABLE" });
    expect(labelsOf(await followed.search(kb, axis(0), { limit: 9 }, call))).toEqual([1, 2, 3, 4, 5]);
    expect([drops, applies]).toEqual([1, 4]); // 1, 2 were applied before it failed and are not applied again
    log.operations.push(addOf(6, 6, axis(0)));
    expect((await followed.search(kb, axis(0), { limit: 9 }, call)).hits).toHaveLength(6);
    expect(drops).toBe(1);
  });

  it("lets a search go that would wait too long, says how far it is, and goes on", async () => {
    const { followed, log } = follow({ waitMs: 0 });
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    log.operations = Array.from({ length: 100 }, (_, i) => addOf(i + 1, i + 1, axis(0)));
    const { readAfter } = MemoryLog.prototype;
    const isHalfWay = new Promise<void>((resolve) => {
      log.readAfter = async (id, sequence, limit) => {
        if (sequence === 50) {
          resolve();
          await gate;
        }
        return readAfter.call(log, id, sequence, limit);
      };
    });
    const first = followed.catchUp(kb, call);
    await isHalfWay;
    await expect(followed.search(kb, axis(0), { limit: 9 }, call)).rejects.toMatchObject({
      code: "INDEX_REBUILDING",
      retryable: true,
      details: { percent: 50, retryAfterMs: expect.any(Number) },
    });
    expect(followed.health()).toMatchObject({ state: "degraded", detail: expect.stringContaining("50 %") });
    open();
    await first;
    expect(followed.health().state).toBe("ok");
    expect((await followed.search(kb, axis(0), { limit: 200 }, call)).hits).toHaveLength(100);
  });

  it("makes an index anew that somebody found wrong", async () => {
    const { followed, log, index } = follow();
    log.operations = [addOf(1, 1, axis(0)), addOf(2, 2, axis(0))];
    await index.apply(kb, [addOf(1, 1, axis(0)), addOf(2, 3, axis(0))], { after: 0 }, call);
    expect(labelsOf(await followed.search(kb, axis(0), { limit: 9 }, call))).toEqual([1, 3]); // nothing tells it so far
    await followed.rebuild(kb, call);
    expect(labelsOf(await followed.search(kb, axis(0), { limit: 9 }, call))).toEqual([1, 2]);
  });

  it("rebuilds an index that lost everything between two searches", async () => {
    const { followed, log, index } = follow();
    log.operations = [addOf(1, 1, axis(0)), addOf(2, 2, axis(1))];
    await followed.search(kb, axis(0), { limit: 9 }, call);
    await index.drop(kb, call);
    expect(labelsOf(await followed.search(kb, axis(0), { limit: 9 }, call))).toEqual([1, 2]);
  });

  it("leaves nothing out when the index loses everything between two pages", async () => {
    const exact = createExactIndex({ dimensions: 4 });
    let applies = 0;
    const index: VectorIndex = {
      ...exact,
      apply: async (...parameters) => {
        applies += 1;
        if (applies === 3) await exact.drop(kb, call);
        await exact.apply(...parameters);
      },
    };
    const { followed, log } = follow({ index });
    log.operations = Array.from({ length: 9 }, (_, i) => addOf(i + 1, i + 1, axis(i % 4)));
    const { hits } = await followed.search(kb, axis(0), { limit: 99 }, call);
    expect(hits).toHaveLength(9);
  });

  it("forgets a knowledge base", async () => {
    const { followed, log, index } = follow();
    log.operations = [addOf(1, 1, axis(0))];
    await followed.catchUp(kb, call);
    log.operations = [];
    await followed.drop(kb, call);
    expect(await index.status(kb, call)).toMatchObject({ appliedSequence: 0, count: 0 });
  });

  it("lets one caller leave without ending the catch-up that others wait for", async () => {
    const { followed, log } = follow();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    log.operations = [addOf(1, 1, axis(0))];
    const { readAfter } = MemoryLog.prototype;
    let isReading: () => void = () => undefined;
    const reading = new Promise<void>((resolve) => {
      isReading = resolve;
    });
    log.readAfter = async (...parameters) => {
      isReading();
      await gate;
      return readAfter.apply(log, parameters);
    };
    const abort = new AbortController();
    const reason = new Error("the reader left");
    const leaving = followed.search(kb, axis(0), { limit: 1 }, { signal: abort.signal });
    const staying = followed.search(kb, axis(0), { limit: 1 }, call);
    await reading;
    abort.abort(reason);
    await expect(leaving).rejects.toBe(reason);
    release();
    expect(labelsOf(await staying)).toEqual([1]);
  });

  it("tells what kept it from applying, and goes on when that is over", async () => {
    const exact = createExactIndex({ dimensions: 4 });
    let isDown = true;
    const index: VectorIndex = {
      ...exact,
      apply: async (...parameters) => {
        if (isDown) throw new LarderError("INDEX_UNAVAILABLE");
        return exact.apply(...parameters);
      },
    };
    const { followed, log } = follow({ index });
    log.operations = [addOf(1, 1, axis(0))];
    await expect(followed.search(kb, axis(0), { limit: 1 }, call)).rejects.toMatchObject({ code: "INDEX_UNAVAILABLE" });
    await expect(followed.catchUp(kb, call)).rejects.toMatchObject({ code: "INDEX_UNAVAILABLE" });
    isDown = false;
    expect(labelsOf(await followed.search(kb, axis(0), { limit: 1 }, call))).toEqual([1]);
  });

  it("gives up on an index that never gets level", async () => {
    const exact = createExactIndex({ dimensions: 4 });
    const { followed, log } = follow({ index: { ...exact, apply: async () => undefined } });
    log.operations = [addOf(1, 1, axis(0))];
    await expect(followed.search(kb, axis(0), { limit: 1 }, call)).rejects.toMatchObject({ code: "INDEX_UNAVAILABLE" });
  });
});
