import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Watched } from "./hang-watch.ts";
import { HangWatch } from "./hang-watch.ts";

const timeoutMs = 20;

function watched({ isAtWork }: { readonly isAtWork: boolean }) {
  const ends: number[] = [];
  const pending: Watched[] = [];
  const host = { pings: 0, starts: 1 };
  const watch = new HangWatch({
    timeoutMs,
    starts: () => host.starts,
    ping: async () => {
      host.pings += 1;
      return isAtWork;
    },
    end: (unansweredMs) => {
      ends.push(unansweredMs);
      host.starts += 1;
      for (const request of pending.splice(0)) watch.end(request); // rejected, as its host has ended
    },
  });
  const begin = (): Watched => {
    const request = watch.begin();
    pending.push(request);
    return request;
  };
  return { watch, begin, host, ends };
}

describe("a watch over a host", () => {
  it("ends one that answers nothing, once for all that wait", async () => {
    const { begin, ends } = watched({ isAtWork: false });
    begin();
    begin();
    await expect.poll(() => ends).toEqual([timeoutMs]);
    await delay(timeoutMs * 4);
    expect(ends).toEqual([timeoutMs]);
  });

  it("leaves one alone that answers another question, but not for ever", async () => {
    const { begin, ends, host } = watched({ isAtWork: true });
    begin();
    await expect.poll(() => ends).toEqual([timeoutMs * 10]);
    expect(host.pings).toBe(10);
  });

  it("asks nothing while requests are answered in time", async () => {
    const { watch, host } = watched({ isAtWork: true });
    let late = 0; // a busy machine may wake this process too late to answer in time
    for (let i = 0; i < 20; i++) {
      const request = watch.begin();
      await delay(timeoutMs / 4);
      late += Math.floor((performance.now() - request.sinceMs) / timeoutMs);
      watch.end(request);
    }
    expect(host.pings).toBeLessThanOrEqual(late);
  });

  it("looks at the next one after the oldest was answered", async () => {
    const { watch, begin, ends } = watched({ isAtWork: false });
    const first = begin();
    await delay(timeoutMs / 2);
    begin();
    watch.end(first);
    await expect.poll(() => ends).toEqual([timeoutMs]);
  });
});
