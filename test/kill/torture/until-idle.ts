import { setTimeout as delay } from "node:timers/promises";
import type { TortureClient } from "./torture-client.ts";

const idleMsMax = 240_000; // of a slow machine that does other things as well

/** Resolves when nothing waits any more, with the milliseconds that it took; `undefined`: something waits still. */
export async function untilIdle(client: TortureClient): Promise<number | undefined> {
  const startMs = performance.now();
  while (performance.now() - startMs < idleMsMax) {
    const jobs = await Promise.all(["queued", "running"].map((state) => client.jobs(state)));
    if (jobs.every(({ length }) => length === 0)) return performance.now() - startMs;
    await delay(50);
  }
  return undefined;
}
