import { orAbort } from "@larder/child-process";
import type {
  AuditableIndex,
  Call,
  ComponentHealth,
  VectorCollectionId,
  VectorIndex,
  VectorSearchOptions,
  VectorSearchResult,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { GraphChoice } from "./graphs/load-graph-library.ts";
import { graphsDefault } from "./graphs/load-graph-library.ts";
import { partsOnDisk } from "./hosts/collection-parts.ts";
import { HostPool } from "./hosts/host-pool.ts";
import type { IndexHost } from "./hosts/index-host.ts";
import { PlacedCollection } from "./hosts/placed-collection.ts";
import type { IndexReport, LocalIndexOptions } from "./local-index.ts";
import { describeReport } from "./local-index.ts";
import { checkAudit, checkOperations, checkSearch } from "./operation-checks.ts";
import { packOperations } from "./packed-operations.ts";
import type { SearchTimes } from "./search-times.ts";

export interface VectorIndexOptions extends Omit<LocalIndexOptions, "distrusted" | "withoutGraphs"> {
  /** What makes graphs; with `none` exact search serves every size. @defaultValue `codes` */
  readonly graphs?: GraphChoice;
  /** Longest wait for the last checkpoints at {@link HostedIndex.close}; what is not saved is replayed. @defaultValue 5000 */
  readonly closeTimeoutMs?: number;
  /** Processes at most. The second and later ones are started when they are needed. @defaultValue 2 */
  readonly hostsMax?: number;
  /** A collection with more vectors is divided over all hosts. @defaultValue 250,000 */
  readonly wholeVectorsMax?: number;
  /** A collection that nobody asked for this long gives its memory back until the next question. @defaultValue 900,000 */
  readonly idleMs?: number;
  /** A host that does not answer for this long is killed and started again. @defaultValue 60,000 */
  readonly requestTimeoutMs?: number;
  /** Requests to one host without a reply; one more is refused with `INDEX_BUSY`. @defaultValue 1000 */
  readonly pendingMax?: number;
}

export interface HostedIndex extends VectorIndex, AuditableIndex {
  /** Of the first process that holds vectors; changes when it is started again. */
  readonly pid: number | undefined;
  /** Of all of them that run. */
  readonly pids: readonly number[];
  /** True for a collection that is in memory. */
  isHeld(collection: VectorCollectionId): boolean;
  /** Of each process that was searched, in its own clock: what a search takes beside this is the way there and back. */
  searchTimes(call: Call): Promise<readonly SearchTimes[]>;
  /** Gives a collection's memory back until the next question, as when it was idle for long. */
  release(collection: VectorCollectionId, call: Call): Promise<void>;
  /** Saves what is not saved yet and ends the processes. May be called twice. */
  close(): Promise<void>;
}

/**
 * Above this many allowed labels, sending them takes longer than a search without them: six times as many hits are
 * asked for, and those that are not allowed are left out here. See docs/decisions/0008-filters.md.
 */
const labelsSentCheaply = 20_000;
const wideFactor = 6; // enough hits where a fifth of 100,000 passages is allowed, with some room for chance
const pendingBytesMax = 128 * 2 ** 20;
const hostBytesComfortable = 256 * 2 ** 20;
const unbounded: Call = { signal: new AbortController().signal };

/**
 * The vector index in processes of its own, so that a fault of native code or of memory takes down nothing else. They are
 * started again by themselves; collections come back from their checkpoints, as `appliedSequence` tells, and whoever
 * holds the log replays the rest.
 */
export async function openVectorIndex(options: VectorIndexOptions, call: Call): Promise<HostedIndex> {
  const {
    graphs = graphsDefault,
    closeTimeoutMs = 5_000,
    hostsMax = 2,
    requestTimeoutMs = 60_000,
    ...others
  } = options;
  const { wholeVectorsMax = 250_000, idleMs = 900_000, pendingMax = 1_000, ...local } = others;
  const { dimensions, folder } = options;
  const placing = new Map<VectorCollectionId, Promise<PlacedCollection>>();
  const placed = new Map<VectorCollectionId, PlacedCollection>();
  /** Being unloaded or dropped. Each gives the collection back when it had to stay where it was. */
  const leaving = new Map<VectorCollectionId, Promise<PlacedCollection | undefined>>();
  let isClosed = false;
  const pool = await openPool();
  const idleTimer = setInterval(unloadIdle, Math.max(100, idleMs / 4));
  idleTimer.unref();

  async function openPool(): Promise<HostPool> {
    const host = { local, graphs, requestTimeoutMs, pendingMax, pendingBytesMax };
    return HostPool.open({ ...host, hostsMax, hostBytesComfortable }, call);
  }

  /** One placing serves all who ask meanwhile, so no caller's signal ends it. When it fails, the next call tries again. */
  function place(id: VectorCollectionId, { signal }: Call): Promise<PlacedCollection> {
    if (isClosed) return Promise.reject(new LarderError("INDEX_UNAVAILABLE"));
    let shared = placing.get(id);
    if (shared === undefined) {
      shared = placeFresh(id);
      placing.set(id, shared);
      shared.catch(() => placing.delete(id));
    }
    return orAbort(shared, signal);
  }

  /** `work` begins in the same turn as the look at where the collection is: in any other it may be unloaded. */
  async function on<T>(
    id: VectorCollectionId,
    call: Call,
    work: (collection: PlacedCollection) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const collection = placed.get(id) ?? (await place(id, call));
      if (placed.get(id) === collection) return work(collection);
    }
  }

  async function placeFresh(id: VectorCollectionId): Promise<PlacedCollection> {
    const kept = await leaving.get(id);
    const collection = kept ?? (await placeOnHosts(id));
    placed.set(id, collection);
    return collection;
  }

  async function placeOnHosts(id: VectorCollectionId): Promise<PlacedCollection> {
    const of = await partsOnDisk(folder, id);
    return PlacedCollection.place(id, of, pool, { dimensions, wholeVectorsMax }, unbounded);
  }

  function forget(id: VectorCollectionId): void {
    placing.delete(id);
    placed.delete(id);
  }

  function unloadIdle(): void {
    for (const [id, collection] of placed) {
      if (collection.idleMs >= idleMs) void unload(id, collection);
    }
  }

  async function unload(id: VectorCollectionId, collection: PlacedCollection): Promise<void> {
    await leave(id, collection, collection.unload(unbounded)).catch(() => undefined); // replayed from the log
  }

  /**
   * Who asks meanwhile waits. Only a host that said so, or that ended, holds the collection no more. One that still does
   * keeps it, whether anybody asks or not: placed on another as well, two processes would write the same files.
   */
  async function leave(id: VectorCollectionId, collection: PlacedCollection, work: Promise<void>): Promise<void> {
    forget(id);
    const isGone = (thrown: unknown): boolean => LarderError.is(thrown) && thrown.code === "INDEX_UNAVAILABLE";
    const done = work
      .then(
        () => undefined,
        (thrown: unknown) => (isGone(thrown) ? undefined : stay(id, collection)),
      )
      .finally(() => leaving.delete(id));
    leaving.set(id, done);
    await done;
    await work;
  }

  /** Whoever is placing it at the moment waits for this and takes it as well. */
  function stay(id: VectorCollectionId, collection: PlacedCollection): PlacedCollection {
    if (!placing.has(id)) {
      placing.set(id, Promise.resolve(collection));
      placed.set(id, collection);
    }
    return collection;
  }

  async function close(): Promise<void> {
    clearInterval(idleTimer);
    if (isClosed) return;
    isClosed = true;
    await pool.close(closeTimeoutMs);
  }

  return {
    dimensions,
    get pid() {
      return pool.hosts[0]?.pid;
    },
    get pids() {
      return pool.hosts.flatMap(({ pid }) => pid ?? []);
    },
    async apply(id, operations, { after }, call) {
      call.signal.throwIfAborted();
      checkOperations(operations, dimensions);
      const packed = packOperations(operations, dimensions);
      await on(id, call, (collection) => collection.apply(packed, after, call));
    },
    async search(id, vector, options, call) {
      call.signal.throwIfAborted();
      checkSearch(vector, dimensions, options);
      const ask = (asked: VectorSearchOptions): Promise<VectorSearchResult> =>
        on(id, call, (collection) => collection.search(vector, asked, call));
      const { limit, allowed } = options;
      if (allowed === undefined || allowed.size <= labelsSentCheaply) return ask(options);
      const found = await ask({ limit: limit * wideFactor });
      const hits = found.hits.filter(({ label }) => allowed.has(label)).slice(0, limit);
      const isWhole = hits.length === limit || found.hits.length < limit * wideFactor;
      return isWhole ? { ...found, hits } : ask(options); // what was not looked at scores no better
    },
    status: (id, call) => on(id, call, (collection) => collection.status(call)),
    checkpoint: (id, call) => on(id, call, (collection) => collection.checkpoint(call)),
    async audit(id, request, call) {
      call.signal.throwIfAborted();
      checkAudit(request, dimensions);
      return on(id, call, (collection) => collection.audit(request, call));
    },
    drop: (id, call) => on(id, call, (collection) => leave(id, collection, collection.drop(call))),
    isHeld: (id) => placing.has(id),
    async searchTimes(call) {
      const reports = await Promise.all(pool.hosts.map((host) => host.askTwice("report", undefined, call)));
      return reports.flatMap(({ searchTimes }) => searchTimes ?? []);
    },
    async release(id, call) {
      call.signal.throwIfAborted();
      const collection = placed.get(id);
      if (collection !== undefined && collection.idleMs > 0) await unload(id, collection);
    },
    health(): ComponentHealth {
      const name = "vector-index";
      if (isClosed) return { name, state: "down", detail: "closed" };
      for (const host of pool.hosts) host.refreshReport();
      if (!pool.hosts.every((host) => host.isReady)) {
        return { name, state: "degraded", detail: "the process is starting again" };
      }
      const failures = [...placed.values()].flatMap(({ divisionFailure: failure }) => failure ?? []);
      return { name, ...describeReport(joinReports(pool.hosts, failures)) };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function joinReports(
  hosts: readonly IndexHost[],
  divisionFailures: readonly string[],
): Omit<IndexReport, "searchTimes"> {
  const reports = hosts.map(({ report }) => report);
  return {
    graphLibrary: reports[0]?.graphLibrary,
    collections: reports.reduce((sum, { collections }) => sum + collections, 0),
    problems: [
      ...reports.flatMap(({ problems }) => problems),
      ...divisionFailures.map((failure) => `a large collection stays on one host: ${failure}`),
    ],
    bytes: reports.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
