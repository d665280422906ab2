import type { ChildProcess } from "@larder/child-process";
import { entryUrl, openChildProcess } from "@larder/child-process";
import type { Call, VectorCollectionId, VectorIndexAudit, VectorSearchResult } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { GraphChoice } from "../graphs/load-graph-library.ts";
import type { IndexMethod, IndexReplies, IndexRequests } from "../index-messages.ts";
import type { IndexReport, LocalIndexOptions } from "../local-index.ts";
import type { AuditRequest } from "./audit-frames.ts";
import { decodeAuditResult, encodeAudit } from "./audit-frames.ts";
import { bytesOfParts } from "./frame-bodies.ts";
import type { Watched } from "./hang-watch.ts";
import { HangWatch } from "./hang-watch.ts";
import type { ApplyRequest, Rows, RowsRequest, SearchRequest } from "./index-frames.ts";
import {
  decodeCount,
  decodeHits,
  decodeRows,
  encodeApply,
  encodeRowsRequest,
  encodeSearch,
  frameMethods,
} from "./index-frames.ts";

export interface IndexHostOptions {
  readonly local: LocalIndexOptions;
  readonly graphs: GraphChoice;
  /** A host that has not answered by then is killed and started again. Milliseconds. */
  readonly requestTimeoutMs: number;
  /** Requests without a reply; one more is refused. */
  readonly pendingMax: number;
  /** Their bytes; more are refused. */
  readonly pendingBytesMax: number;
}

/** One process that holds collections. A search, which changes nothing, is asked a second time when it ended under it. */
export interface IndexHost {
  readonly pid: number | undefined;
  readonly isReady: boolean;
  /** As it was told last. */
  readonly report: IndexReport;
  start(call: Call): Promise<void>;
  search(request: SearchRequest, call: Call): Promise<VectorSearchResult>;
  /** How many vectors there are afterwards. */
  apply(request: ApplyRequest, call: Call): Promise<number>;
  rows(request: RowsRequest, call: Call): Promise<Rows>;
  audit(request: AuditRequest, call: Call): Promise<VectorIndexAudit>;
  ask<Method extends IndexMethod>(
    method: Method,
    payload: IndexRequests[Method],
    call: Call,
  ): Promise<IndexReplies[Method]>;
  askTwice<Method extends IndexMethod>(
    method: Method,
    payload: IndexRequests[Method],
    call: Call,
  ): Promise<IndexReplies[Method]>;
  /** Has health's report made anew, without waiting for it. */
  refreshReport(): void;
  close(timeoutMs: number): Promise<void>;
}

const never = new AbortController().signal;

/**
 * A graph is read here and there: with pages of 4 KiB most reads first look up where the page is. Asks the kernel for large
 * ones, by glibc; where there is none, or an older one than 2.35, it says nothing to anybody.
 */
const hugePages = "glibc.malloc.hugetlb=1";

/** Signals of native code that went wrong, as against those by which somebody ends a process. */
const crashSignals = new Set<unknown>(["SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE"]);
const crashesUntilDistrusted = 2; // their graphs are quarantined and built anew
const crashesUntilExact = 4; // graphs built here end the process as well: none is built any more
const pingTimeoutMs = 5_000;
const crashMemoryMs = 600_000;

export function createIndexHost(options: IndexHostOptions): IndexHost {
  const crashes = new Map<VectorCollectionId, number[]>();
  const blamed = new Set<string>(); // one crash counts once for a collection, however many requests it took along
  let report: IndexReport = { graphLibrary: undefined, collections: 0, problems: [], bytes: 0, searchTimes: undefined };
  let isRefreshing = false;
  let isClosed = false;
  let pendingCount = 0; // of all that was asked: what waits for a start is no less pending than what was sent
  let pendingBytes = 0;
  const distrusted = new Set<VectorCollectionId>(); // by the start that comes next, and no later one
  const child: ChildProcess = openChildProcess({
    name: "vector-index",
    entry: entryUrl(import.meta.url, "../index-process"),
    environment: { GLIBC_TUNABLES: hugePages },
    frames: {},
    restartDelayMsMax: 500, // every search waits for it
    onStart: async (request) => {
      const payload: IndexRequests["open"] = {
        ...options.local,
        graphs: options.graphs,
        distrusted: [...distrusted],
        withoutGraphs: crashedAtLeast(crashesUntilExact),
      };
      report = (await request("open", payload)) as IndexReplies["open"]; // the handler's return type
      distrusted.clear(); // what is built from now on is another graph
    },
  });

  function crashedAtLeast(times: number): readonly VectorCollectionId[] {
    const sinceMs = performance.now() - crashMemoryMs;
    return [...crashes].filter(([, all]) => all.filter((ms) => ms > sinceMs).length >= times).map(([id]) => id);
  }

  /** A crash is put down to the collections that were worked on. */
  function blame(id: VectorCollectionId | undefined, starts: number, thrown: LarderError): void {
    if (id === undefined || !crashSignals.has(thrown.details.signal)) return;
    const key = `${starts} ${id}`;
    if (blamed.has(key)) return;
    blamed.add(key);
    crashes.set(id, [...(crashes.get(id) ?? []), performance.now()]);
    if (crashedAtLeast(crashesUntilDistrusted).includes(id)) distrusted.add(id);
  }

  const { requestTimeoutMs } = options;
  const watch = new HangWatch({
    timeoutMs: requestTimeoutMs,
    starts: () => child.starts,
    ping: () =>
      child
        .request("report", undefined, { signal: AbortSignal.timeout(Math.min(pingTimeoutMs, requestTimeoutMs)) })
        .then(
          () => true,
          () => false,
        ),
    end: (unansweredMs) => child.kill(new LarderError("INDEX_UNAVAILABLE", { details: { unansweredMs } })),
  });

  async function supervised<T>(
    id: VectorCollectionId | undefined,
    call: Call,
    bytes: number,
    send: () => Promise<T>,
  ): Promise<T> {
    if (isClosed) throw new LarderError("INDEX_UNAVAILABLE");
    if (pendingCount >= options.pendingMax || pendingBytes >= options.pendingBytesMax) {
      throw new LarderError("INDEX_BUSY");
    }
    pendingCount += 1;
    pendingBytes += bytes;
    let starts = 0;
    let watched: Watched | undefined;
    try {
      await child.start(call); // has a time limit of its own
      starts = child.starts;
      watched = watch.begin();
      return await send();
    } catch (thrown) {
      if (call.signal.aborted || !LarderError.is(thrown) || thrown.code !== "CHILD_PROCESS_ENDED") throw thrown;
      if (starts > 0) blame(id, starts, thrown);
      throw new LarderError("INDEX_UNAVAILABLE", { cause: thrown });
    } finally {
      if (watched !== undefined) watch.end(watched);
      pendingCount -= 1;
      pendingBytes -= bytes;
    }
  }

  function sendFrame(
    id: VectorCollectionId,
    method: number,
    parts: readonly Uint8Array[],
    call: Call,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return supervised(id, call, bytesOfParts(parts), () => child.requestFrame(method, parts, call));
  }

  async function twice<T>(call: Call, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (thrown) {
      if (call.signal.aborted || !LarderError.is(thrown) || thrown.code !== "INDEX_UNAVAILABLE") throw thrown;
      return send();
    }
  }

  const ask: IndexHost["ask"] = async (method, payload, call) => {
    const id = payload !== undefined && "id" in payload ? payload.id : undefined;
    const reply = await supervised(id, call, 0, () => child.request(method, payload, call));
    return reply as IndexReplies[typeof method]; // the handler's return type
  };

  return {
    get pid() {
      return child.pid;
    },
    get isReady() {
      return child.state === "ready";
    },
    get report() {
      return report;
    },
    start: (call) => child.start(call),
    search: (request, call) =>
      twice(call, async () => {
        return decodeHits(await sendFrame(request.id, frameMethods.search, encodeSearch(request), call));
      }),
    async apply(request, call) {
      return decodeCount(await sendFrame(request.id, frameMethods.apply, encodeApply(request), call));
    },
    async rows(request, call) {
      return decodeRows(await sendFrame(request.id, frameMethods.rows, encodeRowsRequest(request), call));
    },
    audit: (request, call) =>
      twice(call, async () => {
        return decodeAuditResult(await sendFrame(request.id, frameMethods.audit, encodeAudit(request), call));
      }),
    ask,
    askTwice: (method, payload, call) => twice(call, () => ask(method, payload, call)),
    refreshReport() {
      if (isRefreshing || child.state !== "ready") return;
      isRefreshing = true;
      ask("report", undefined, { signal: never })
        .then((fresh) => {
          report = fresh;
        })
        .catch(() => undefined) // the process ended: its state says so
        .finally(() => {
          isRefreshing = false;
        });
    },
    async close(timeoutMs) {
      if (!isClosed && child.state === "ready") {
        await ask("close", undefined, { signal: AbortSignal.timeout(timeoutMs) }).catch(() => undefined);
      }
      isClosed = true;
      await child.close();
    },
  };
}
