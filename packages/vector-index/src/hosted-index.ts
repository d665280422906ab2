import { entryUrl, openChildProcess } from "@larder/child-process";
import type { Call, ComponentHealth, VectorIndex } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { IndexMethod, IndexReplies, IndexRequests } from "./index-messages.ts";
import type { IndexReport, LocalIndexOptions } from "./local-index.ts";
import { describeReport } from "./local-index.ts";
import { checkOperations, checkSearch } from "./operation-checks.ts";
import { packOperations } from "./packed-operations.ts";

export interface VectorIndexOptions extends LocalIndexOptions {
  /** `false`: exact search serves every size. @defaultValue true */
  readonly useGraphs?: boolean;
  /** Longest wait for the last checkpoints at {@link HostedIndex.close}; what is not saved is replayed. @defaultValue 5000 */
  readonly closeTimeoutMs?: number;
}

export interface HostedIndex extends VectorIndex {
  /** Of the process that holds the vectors; changes when it is started again. */
  readonly pid: number | undefined;
  /** Saves what is not saved yet and ends the process. May be called twice. */
  close(): Promise<void>;
}

const never = new AbortController().signal;

/**
 * Above this many allowed labels, sending them takes longer than a search without them: six times as many hits are
 * asked for, and those that are not allowed are left out here. See docs/decisions/0008-filters.md.
 */
const labelsSentCheaply = 20_000;
const wideFactor = 6; // enough hits where a fifth of 100,000 passages is allowed, with some room for chance

/**
 * The vector index in its own process, so that a fault of native code or of memory takes down nothing else. It is
 * started again by itself; collections come back from their checkpoints, as `appliedSequence` tells, and whoever holds
 * the log replays the rest. A search, which changes nothing, is asked a second time when the process ended under it.
 */
export async function openVectorIndex(options: VectorIndexOptions, call: Call): Promise<HostedIndex> {
  const { useGraphs = true, closeTimeoutMs = 5_000, ...local } = options;
  const { dimensions } = options;
  let report: IndexReport = { graphLibrary: undefined, collections: 0, problems: [] };
  let isRefreshing = false;
  let isClosed = false;
  const child = openChildProcess({
    name: "vector-index",
    entry: entryUrl(import.meta.url, "./index-process"),
    onStart: async (request) => {
      report = (await request("open", { ...local, useGraphs } satisfies IndexRequests["open"])) as IndexReplies["open"];
    },
  });

  async function ask<Method extends IndexMethod>(
    method: Method,
    payload: IndexRequests[Method],
    { signal }: Call,
  ): Promise<IndexReplies[Method]> {
    if (isClosed) throw new LarderError("INDEX_UNAVAILABLE");
    try {
      return (await child.request(method, payload, { signal })) as IndexReplies[Method]; // the handler's return type
    } catch (thrown) {
      throw LarderError.is(thrown) && thrown.code === "CHILD_PROCESS_ENDED"
        ? new LarderError("INDEX_UNAVAILABLE", { cause: thrown })
        : thrown;
    }
  }

  async function askTwice<Method extends IndexMethod>(
    method: Method,
    payload: IndexRequests[Method],
    again: Call,
  ): Promise<IndexReplies[Method]> {
    try {
      return await ask(method, payload, again);
    } catch (thrown) {
      if (again.signal.aborted || !LarderError.is(thrown) || thrown.code !== "INDEX_UNAVAILABLE") throw thrown;
      return ask(method, payload, again);
    }
  }

  /** Health is asked for without waiting, so it tells what was found out the last time. */
  function refreshReport(): void {
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
  }

  async function close(): Promise<void> {
    if (!isClosed && child.state === "ready") {
      await ask("close", undefined, { signal: AbortSignal.timeout(closeTimeoutMs) }).catch(() => undefined);
    }
    isClosed = true;
    await child.close();
  }

  try {
    await child.start(call);
  } catch (thrown) {
    await child.close();
    throw call.signal.aborted ? thrown : new LarderError("INDEX_UNAVAILABLE", { cause: thrown });
  }

  return {
    dimensions,
    get pid() {
      return child.pid;
    },
    async apply(id, operations, { after }, call) {
      call.signal.throwIfAborted();
      checkOperations(operations, dimensions);
      await ask("apply", { id, after, operations: packOperations(operations, dimensions) }, call);
    },
    async search(id, vector, options, call) {
      call.signal.throwIfAborted();
      checkSearch(vector, dimensions, options);
      const { limit, allowed } = options;
      const search = (hitsMax: number, labels?: Uint32Array) =>
        askTwice("search", { id, vector: Float32Array.from(vector), limit: hitsMax, allowed: labels }, call);
      if (allowed === undefined) return search(limit);
      if (allowed.size > labelsSentCheaply) {
        const found = await search(limit * wideFactor);
        const hits = found.hits.filter(({ label }) => allowed.has(label)).slice(0, limit);
        const isWhole = hits.length === limit || found.hits.length < limit * wideFactor;
        if (isWhole) return { ...found, hits }; // what was not looked at scores no better
      }
      return search(limit, Uint32Array.from(allowed));
    },
    status: (id, call) => askTwice("status", { id }, call),
    checkpoint: (id, call) => ask("checkpoint", { id }, call),
    drop: (id, call) => ask("drop", { id }, call),
    health(): ComponentHealth {
      refreshReport();
      const name = "vector-index";
      if (isClosed) return { name, state: "down", detail: "closed" };
      if (child.state === "ready") return { name, ...describeReport(report) };
      return { name, state: "degraded", detail: "the process is starting again" };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
