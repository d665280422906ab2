import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openSqliteStore } from "@larder/store";
import { createCountingIds, killHost, realClock, seededRandom } from "@larder/testkit";
import { createFollowedIndex, openVectorIndex } from "../../src/index.ts";
import { temporaryFolder } from "../temporary-index.ts";
import { newestCheckpoint } from "./checkpoints-on-disk.ts";
import { TortureLoad } from "./torture-load.ts";
import type { TortureOptions, TortureReport } from "./torture-report.ts";
import { progress } from "./torture-report.ts";
import { call, dimensions, embedderId, exactVectorsMax } from "./tortured-collection.ts";

export interface KillOptions extends Omit<TortureOptions, "budgetMs"> {
  readonly durationMs: number;
  /** It goes on until there were so many, however long hosts take to start. @defaultValue 0 */
  readonly killsMin?: number;
}

const killEveryMsMax = 2_000;
const searchers = 3;
const documentsMax = 400; // so that comparing with everything stays quick
const finalSearches = 60;
const outageMsMax = 2_000;

/** Kills one host or all of them every 0 to 2 s while documents come and go and searches run. */
export async function runKills({ seed, print, durationMs, killsMin = 0 }: KillOptions): Promise<TortureReport> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "vectors");
  const store = await openSqliteStore({
    file: join(folder.path, "larder.sqlite"),
    clock: realClock,
    ids: createCountingIds(),
  });
  const often = { checkpointIdleMs: 50, checkpointOperations: 40 };
  const opening = {
    folder: path,
    dimensions,
    embedderId,
    exactVectorsMax,
    wholeVectorsMax: 900,
    hostsMax: 2,
    ...often,
  };
  const index = await openVectorIndex(opening, call);
  const followed = createFollowedIndex({ index, log: store.operationLog, operationsPerPage: 100 });
  const load = await TortureLoad.create(store, followed, seed);
  const random = seededRandom(seed + 1);
  const pids = new Set(index.pids);
  const say = progress(print, "milliseconds of killing");
  const startMs = performance.now();
  let kills = 0;
  const isOver = (): boolean => performance.now() - startMs > durationMs && kills >= killsMin;

  const ingesting = async (): Promise<void> => {
    while (!isOver()) {
      if (load.documents < documentsMax) await load.ingest();
      await delay(random() * 150);
    }
  };
  const searching = async (): Promise<void> => {
    while (!isOver()) {
      await load.search();
      await delay(random() * 30);
    }
  };
  const killing = async (): Promise<void> => {
    while (!isOver()) {
      await delay(random() * killEveryMsMax);
      for (const pid of index.pids) pids.add(pid);
      const victims = random() < 0.3 ? index.pids : index.pids.slice(0, 1 + Math.floor(random() * 2)).slice(-1);
      for (const pid of victims) killHost({ pid });
      load.markFault();
      kills += victims.length;
      say(Math.round(performance.now() - startMs), durationMs);
    }
  };
  await Promise.all([ingesting(), killing(), ...Array.from({ length: searchers }, searching)]);

  const { violations } = load;
  const duringMs = load.answerMsMax;
  const comparedBefore = load.compared;
  for (let i = 0; i < finalSearches; i++) await load.search();
  if (load.compared - comparedBefore < finalSearches) violations.push("the index did not come level in the end");
  await index.checkpoint(load.collection, call);
  for (const pid of index.pids) pids.add(pid);
  await index.close();
  await store.close();
  for (const pid of pids) if (isRunning(pid)) violations.push(`process ${pid} is left over`);
  const names = await readdir(path, { recursive: true });
  for (const name of names) {
    if (/\.(tmp|dropped|bad-\d+)$/.test(name)) violations.push(`${name} is left over`);
  }
  const tops = names.filter((name) => /^kb_[a-z0-9_]+$/.test(name));
  for (const top of tops) {
    const newest = await newestCheckpoint(join(path, top));
    if (typeof newest === "string") violations.push(`${top}: ${newest}`);
  }
  if (load.outageMsMax > outageMsMax) violations.push(`an outage of ${Math.round(load.outageMsMax)} ms`);
  return {
    part: "kill",
    cases: kills,
    violations,
    facts: [
      `${load.answers} searches answered, ${load.compared} compared with the database, none lost`,
      `${load.documents} documents added, ${load.count} vectors in ${tops.length === 1 ? "one whole" : `${tops.length} parts`}`,
      `retryable failures: ${[...load.failures].map(([code, times]) => `${code} ${times}`).join(", ") || "none"}`,
      `longest from a kill to the next answer ${Math.round(load.outageMsMax)} ms; longest search, over all kills that fell into it, ${Math.round(duringMs)} ms`,
      `${pids.size} processes, none left; no temporary or quarantined file left`,
    ],
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
