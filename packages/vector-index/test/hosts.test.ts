import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { IndexOperation } from "@larder/contracts";
import { addOf, clusteredVectors, deleteOf, killHost, seededRandom } from "@larder/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HostedIndex, VectorIndexOptions } from "../src/index.ts";
import { openVectorIndex } from "../src/index.ts";
import { FollowedTruth } from "./followed-truth.ts";
import { call, embedderId, kb, temporaryFolder } from "./temporary-index.ts";

const dimensions = 16;
const vectors = clusteredVectors(3_000, dimensions, seededRandom(81));
const queries = clusteredVectors(6, dimensions, seededRandom(82));
const vectorAt = (i: number): Float32Array => vectors[i % vectors.length] ?? new Float32Array(dimensions);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
const opened: HostedIndex[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder.path, "vectors");
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((index) => index.close()));
  await folder[Symbol.asyncDispose]();
});

async function openHere(options: Partial<VectorIndexOptions> = {}): Promise<HostedIndex> {
  const index = await openVectorIndex({ folder: path, dimensions, embedderId, ...options }, call);
  opened.push(index);
  return index;
}

/** Names of the collection's own folders: the whole, its parts, and nothing that was left behind. */
const foldersHere = async (): Promise<string[]> => (await readdir(path)).toSorted();
const parts = [`${kb}_s0of2`, `${kb}_s1of2`];

/** Mostly additions, with replacements and deletions of what came before. */
function operationAt(sequence: number): IndexOperation {
  if (sequence % 9 === 0) return deleteOf(sequence, sequence - 4);
  if (sequence % 13 === 0) return addOf(sequence, sequence - 6, vectorAt(sequence));
  return addOf(sequence, sequence, vectorAt(sequence));
}

describe("a collection that outgrows one host", () => {
  const divided = { wholeVectorsMax: 300, hostsMax: 2 };

  it("answers like the oracle before, during and after it is divided, and when it is opened again", async () => {
    const index = await openHere(divided);
    const truth = new FollowedTruth(index);
    while (truth.sequence < 2_000) {
      for (let i = 0; i < 40; i++) truth.append(operationAt);
      await Promise.all([...queries.map((query) => truth.expectSame(query, 10)), truth.catchUp()]);
    }
    await expect.poll(foldersHere, { timeout: 10_000 }).toEqual(parts);
    await truth.expectSame(vectorAt(5), 50, new Set([1, 2, 3, 4, 700, 701, 1_400]));
    expect(new Set(index.pids).size).toBe(2);
    expect(await index.status(kb, call)).toMatchObject({ count: truth.count, appliedSequence: 2_000 });
    await index.close();

    const again = await openHere(divided);
    expect(await again.status(kb, call)).toMatchObject({ count: truth.count, appliedSequence: 2_000 });
    const after = truth.over(again);
    for (const query of queries) await after.expectSame(query, 25);
    for (let i = 0; i < 40; i++) after.append(operationAt);
    for (const query of queries) await after.expectSame(query, 25);
    await again.close();

    const narrow = await openHere({ ...divided, hostsMax: 1 }); // both parts on one host
    for (const query of queries) await after.over(narrow).expectSame(query, 25);
    await narrow.drop(kb, call);
    expect(await foldersHere()).toEqual([]);
  });

  it("stays whole or becomes parts, and loses nothing, when hosts are killed while it is divided", async () => {
    const random = seededRandom(7);
    const index = await openHere({ ...divided, checkpointIdleMs: 20 });
    const truth = new FollowedTruth(index);
    while (truth.sequence < 280) truth.append(operationAt);
    await truth.catchUp();
    for (let kills = 0; kills < 6; kills++) {
      for (let i = 0; i < 60; i++) truth.append(operationAt);
      await truth.catchUp().catch(() => undefined);
      await delay(random() * 30); // the point in time is what is drawn here
      for (const pid of index.pids) if (random() < 0.7) killHost({ pid });
      for (const query of queries.slice(0, 2)) await truth.expectSame(query, 10);
    }
    await expect
      .poll(
        async () => {
          truth.append(operationAt); // a collection is divided when something comes to it
          await truth.expectSame(vectorAt(3), 10);
          return foldersHere();
        },
        { timeout: 60_000, interval: 200 }, // each attempt that was cut off puts off the next
      )
      .toEqual(parts);
    await expect.poll(() => index.health(), { timeout: 10_000 }).toMatchObject({ state: "ok" });
  });

  it("is whole again, without the parts, when it was stopped before the last step", async () => {
    const first = await openHere();
    const truth = new FollowedTruth(first);
    while (truth.sequence < 500) truth.append(operationAt);
    await truth.catchUp();
    await first.close();
    // As a process leaves it that was killed when all parts were written, once for two hosts and once for three.
    for (const part of [...parts, `${kb}_s0of3`, `${kb}_s2of3`]) {
      await cp(join(path, kb), join(path, part), { recursive: true });
    }
    const index = await openHere();
    await truth.over(index).expectSame(vectorAt(1), 500);
    expect(await foldersHere()).toEqual([kb]);
  });

  it("keeps what is applied while it is dropped, as a whole", async () => {
    const index = await openHere({ ...divided, checkpointIdleMs: 2 ** 30 });
    const truth = new FollowedTruth(index);
    while (truth.sequence < 500) truth.append(operationAt);
    await truth.catchUp();
    await expect.poll(foldersHere, { timeout: 10_000 }).toEqual(parts);
    const anew = [1, 2, 3].map((sequence) => operationAt(sequence));
    await Promise.all([index.drop(kb, call), index.apply(kb, anew, { after: 0 }, call)]);
    expect(await index.status(kb, call)).toMatchObject({ count: 3, appliedSequence: 3 });
    await index.checkpoint(kb, call);
    expect(await foldersHere()).toEqual([kb]);
  });

  it("removes what is left of the whole one beside its parts", async () => {
    const first = await openHere(divided);
    const truth = new FollowedTruth(first);
    while (truth.sequence < 500) truth.append(operationAt);
    await truth.catchUp();
    await expect.poll(foldersHere, { timeout: 10_000 }).toEqual(parts);
    await first.close();
    await mkdir(join(path, `${kb}.dropped`)); // killed while the whole one was removed
    const index = await openHere(divided);
    await truth.over(index).expectSame(vectorAt(1), 500);
    expect(await foldersHere()).toEqual(parts);
  });
});

describe("an idle collection", () => {
  it("gives its memory back, and comes back from its checkpoint with the next question", async () => {
    const index = await openHere({ idleMs: 100, checkpointIdleMs: 2 ** 30 });
    const truth = new FollowedTruth(index);
    for (let i = 0; i < 300; i++) truth.append(operationAt);
    for (let round = 0; round < 3; round++) {
      await truth.expectSame(vectorAt(round), 20);
      await expect.poll(() => index.health().detail, { timeout: 10_000 }).toContain("; 0 open");
      const { appliedSequence } = await index.search(kb, vectorAt(0), { limit: 1 }, call);
      expect(appliedSequence).toBe(truth.sequence); // nothing had to be replayed
      truth.append(operationAt);
    }
  });
});

describe("a host that does not answer", () => {
  it("is killed after its time, started again, and the search answered", async () => {
    const index = await openHere({ requestTimeoutMs: 1_000 });
    const truth = new FollowedTruth(index);
    for (let i = 0; i < 100; i++) truth.append(operationAt);
    await truth.expectSame(vectorAt(0), 20);
    const { pid } = index;
    signalHost(index, "SIGSTOP");
    await truth.expectSame(vectorAt(1), 20);
    expect(index.pid).not.toBe(pid);
    await truth.expectSame(vectorAt(2), 20);
  });

  it("is given the time that it needs to start, however short that for an answer is", async () => {
    const index = await openHere({ requestTimeoutMs: 150 }); // a start takes longer
    const truth = new FollowedTruth(index);
    for (let i = 0; i < 20; i++) truth.append(operationAt);
    await truth.expectSame(vectorAt(0), 20);
    killHost(index);
    await truth.expectSame(vectorAt(1), 20);
  });

  it("refuses what comes beyond its pending requests, and answers those", async () => {
    const index = await openHere({ pendingMax: 3 });
    const truth = new FollowedTruth(index);
    for (let i = 0; i < 20; i++) truth.append(operationAt);
    await truth.expectSame(vectorAt(0), 20);
    signalHost(index, "SIGSTOP");
    const searches = queries.slice(0, 5).map((query) => index.search(kb, query, { limit: 5 }, call));
    const refused = await Promise.allSettled(searches.slice(3));
    signalHost(index, "SIGCONT");
    for (const one of refused) expect(one).toMatchObject({ reason: { code: "INDEX_BUSY", retryable: true } });
    for (const { hits } of await Promise.all(searches.slice(0, 3))) expect(hits).toHaveLength(5);
    await truth.expectSame(vectorAt(0), 20);
  });

  it("counts as pending what waits for it to start again", async () => {
    const index = await openHere({ pendingMax: 3 });
    await index.status(kb, call);
    killHost(index);
    await expect.poll(() => index.health().state, { interval: 1 }).toBe("degraded");
    const searches = queries.slice(0, 5).map((query) => index.search(kb, query, { limit: 5 }, call));
    const outcomes = (await Promise.allSettled(searches)).map(({ status }) => status);
    expect(outcomes).toEqual(["fulfilled", "fulfilled", "fulfilled", "rejected", "rejected"]);
  });

  it("holds a caller no longer than the caller's own signal, and no other caller by it", async () => {
    const index = await openHere();
    signalHost(index, "SIGSTOP");
    const leaving = new AbortController();
    const reason = new Error("the reader left");
    const first = index.search(kb, vectorAt(0), { limit: 1 }, { signal: leaving.signal });
    const second = index.search(kb, vectorAt(0), { limit: 1 }, call); // waits for the same collection to be opened
    leaving.abort(reason);
    await expect(first).rejects.toBe(reason);
    signalHost(index, "SIGCONT");
    expect(await second).toEqual({ hits: [], appliedSequence: 0 });
  });
});

describe("a graph under which native code crashes", () => {
  it("is quarantined after the second time and built anew, and stays when the process is merely killed", async () => {
    const index = await openHere({ exactVectorsMax: 100, checkpointIdleMs: 10 });
    const truth = new FollowedTruth(index);
    for (let i = 0; i < 400; i++) truth.append(operationAt);
    await truth.expectSame(vectorAt(0), 10);
    await graphKept();

    for (let kills = 0; kills < 3; kills++) await endUnderSearch(index, "SIGKILL");
    expect(await quarantinedGraphs()).toEqual([]);

    for (let crashes = 0; crashes < 2; crashes++) await endUnderSearch(index, "SIGSEGV");
    await truth.expectSame(vectorAt(1), 10);
    expect(await quarantinedGraphs()).not.toEqual([]);
    const quarantined = await quarantinedGraphs();
    await graphKept();
    await truth.expectSame(vectorAt(2), 10);

    for (let kills = 0; kills < 2; kills++) await endUnderSearch(index, "SIGKILL");
    await truth.expectSame(vectorAt(3), 10);
    expect((await quarantinedGraphs()).length).toBeLessThanOrEqual(quarantined.length); // the new one is trusted
    await expect.poll(() => index.status(kb, call)).toEqual(expect.objectContaining({ kind: "hnsw" }));

    /** A graph that came without operations is saved once its ef is chosen. */
    async function graphKept(): Promise<void> {
      await expect.poll(newestFiles, { timeout: 10_000 }).toContain("graph.bin");
    }

    async function newestFiles(): Promise<string[]> {
      await index.checkpoint(kb, call);
      const generations = (await readdir(join(path, kb))).filter((name) => /^\d+$/.test(name)).toSorted();
      return readdir(join(path, kb, generations.at(-1) ?? ""));
    }
  });

  async function quarantinedGraphs(): Promise<string[]> {
    const names = await readdir(join(path, kb), { recursive: true });
    return names.filter((name) => name.includes("graph.bin.bad")).toSorted();
  }

  /** The process is stopped first, so that the search is in flight for certain. */
  async function endUnderSearch(index: HostedIndex, signal: NodeJS.Signals): Promise<void> {
    signalHost(index, "SIGSTOP");
    const { pid } = index;
    const search = index.search(kb, vectorAt(9), { limit: 5 }, call);
    await delay(5); // the request is written when this process comes to it
    signalHost(index, signal);
    signalHost(index, "SIGCONT");
    expect((await search).hits).toHaveLength(5);
    expect(index.pid).not.toBe(pid);
  }
});

function signalHost({ pid }: HostedIndex, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(pid, signal);
}

describe("a host that does not answer", () => {
  it("is ended and started again, and the search that waited for it is asked once more", async () => {
    const index = await openHere({ requestTimeoutMs: 300 });
    const truth = new FollowedTruth(index);
    for (let i = 0; i < 40; i++) truth.append(operationAt);
    await truth.expectSame(vectorAt(3), 10);
    const { pid } = index;
    if (pid === undefined) throw new Error("no host");
    process.kill(pid, "SIGSTOP");
    const others = [truth.expectSame(vectorAt(4), 10), truth.expectSame(vectorAt(5), 10)];
    await Promise.all(others);
    expect(index.pid).not.toBe(pid);
  });
});
