import { join } from "node:path";
import type {
  AuditableIndex,
  Call,
  EmbedderId,
  VectorCollectionId,
  VectorIndex,
  VectorSearchResult,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { CheckpointIdentity } from "./checkpoint.ts";
import { folderName } from "./folder-name.ts";
import { Generations } from "./generations.ts";
import type { GraphTrialPolicy } from "./graph-trial.ts";
import { trialBytesMaxDefault, trialNodesMinDefault } from "./graph-trial.ts";
import type { GraphLibrary } from "./graphs/vector-graph.ts";
import { graphParameters } from "./graphs/vector-graph.ts";
import { partCountOf } from "./hosts/collection-parts.ts";
import type { Rows } from "./hosts/index-frames.ts";
import type { CheckpointPolicy } from "./kept-collection.ts";
import { KeptCollection } from "./kept-collection.ts";
import { checkAudit, checkOperations, checkSearch } from "./operation-checks.ts";
import type { SearchTimes } from "./search-times.ts";
import { RecentTimes } from "./search-times.ts";

export interface LocalIndexOptions extends Partial<CheckpointPolicy>, Partial<GraphTrialPolicy> {
  /** Holds one folder per collection. Only one process may use it. */
  readonly folder: string;
  readonly dimensions: number;
  /** Checkpoints of another embedder are refused. */
  readonly embedderId: EmbedderId;
  /** Up to this many vectors are searched exactly, more by a graph. @defaultValue 100,000: 5 ms at 384 dimensions */
  readonly exactVectorsMax?: number;
  /** Recall@10 that a graph is searched for, 0.5 … 0.998; more makes searches slower. @defaultValue 0.99 */
  readonly recallTarget?: number;
  /** Collections whose graph ended a process more than once: it is not loaded any more but built anew. */
  readonly distrusted?: readonly VectorCollectionId[];
  /** Collections whose graph ended a process however often it was built: exact search serves them. */
  readonly withoutGraphs?: readonly VectorCollectionId[];
}

export interface LocalIndex extends VectorIndex, AuditableIndex {
  /** As `search`, with the allowed labels, none twice, as they come from another process. */
  searchAmong(
    id: VectorCollectionId,
    vector: Float32Array,
    limit: number,
    allowed: Uint32Array | undefined,
    call: Call,
  ): Promise<VectorSearchResult>;
  /** True when the next search waits for nothing. */
  isOpen(id: VectorCollectionId): boolean;
  /** Saves a collection and gives its memory back; it is opened again by the next call that names it. */
  unload(id: VectorCollectionId, call: Call): Promise<void>;
  /** Vectors in the order of their rows, which is stable while nothing is applied. */
  rows(id: VectorCollectionId, first: number, count: number, call: Call): Promise<Rows>;
  report(): IndexReport;
}

/** What health is made of, as plain data. */
export interface IndexReport {
  /** What makes graphs, and which build of it; `undefined` where nothing does. */
  readonly graphLibrary: string | undefined;
  readonly collections: number;
  /** One line for each open collection that is not as it should be. */
  readonly problems: readonly string[];
  /** Of all open collections, about. */
  readonly bytes: number;
  /** Of the last searches; `undefined` before the first. */
  readonly searchTimes: SearchTimes | undefined;
}

const exactVectorsMaxDefault = 100_000;
const recallTargetDefault = 0.99;

/** Collections with checkpoints, exact or by graph, in this process. The host serves one; see {@link openVectorIndex}. */
export function openLocalIndex(options: LocalIndexOptions, library: GraphLibrary | undefined): LocalIndex {
  const { dimensions, folder, embedderId, exactVectorsMax = exactVectorsMaxDefault } = options;
  const { checkpointOperations = 10_000, checkpointIdleMs = 5_000 } = options;
  const { recallTarget = recallTargetDefault } = options;
  const settings = { dimensions, exactVectorsMax, recallTarget, graph: graphParameters, library };
  const { trialNodesMin = trialNodesMinDefault, trialBytesMax = trialBytesMaxDefault } = options;
  const identity: CheckpointIdentity = { ...settings, embedderId, trialNodesMin, trialBytesMax };
  const opening = new Map<VectorCollectionId, Promise<KeptCollection>>();
  const opened = new Map<VectorCollectionId, KeptCollection>();
  const dropping = new Map<VectorCollectionId, Promise<void>>();
  const distrusted = new Set(options.distrusted);
  const times = new RecentTimes();
  let isClosed = false;

  function collection(id: VectorCollectionId): Promise<KeptCollection> {
    if (isClosed) return Promise.reject(new LarderError("INDEX_UNAVAILABLE"));
    let found = opening.get(id);
    if (found === undefined) {
      found = openCollection(id);
      opening.set(id, found);
      found.catch(() => opening.delete(id)); // the next call tries again
    }
    return found;
  }

  async function openCollection(id: VectorCollectionId): Promise<KeptCollection> {
    await dropping.get(id);
    try {
      const policy = { checkpointOperations, checkpointIdleMs };
      const placed = { ...identity, partOf: partCountOf(id) };
      const own = options.withoutGraphs?.includes(id) ? { ...placed, library: undefined } : placed;
      const generations = new Generations(join(folder, folderName(id)));
      if (distrusted.delete(id)) await generations.distrustGraphs(); // what it builds from now on is another graph
      const kept = await KeptCollection.open(generations, own, policy);
      opened.set(id, kept);
      return kept;
    } catch (cause) {
      throw LarderError.is(cause) ? cause : new LarderError("INDEX_UNAVAILABLE", { cause });
    }
  }

  return {
    dimensions,
    async apply(id, operations, { after }, call) {
      call.signal.throwIfAborted();
      checkOperations(operations, dimensions);
      await (await collection(id)).apply(operations, after, call);
    },
    async search(id, vector, options, call) {
      call.signal.throwIfAborted();
      const { limit, allowed } = options;
      return this.searchAmong(id, vector, limit, allowed && Uint32Array.from(allowed), call);
    },
    isOpen: (id) => opened.has(id),
    async searchAmong(id, vector, limit, allowed, call) {
      call.signal.throwIfAborted();
      checkSearch(vector, dimensions, { limit });
      const kept = await collection(id);
      call.signal.throwIfAborted();
      const startMs = performance.now();
      const found = kept.search(vector, limit, allowed);
      times.note(performance.now() - startMs);
      return found;
    },
    async status(id, call) {
      call.signal.throwIfAborted();
      return (await collection(id)).status();
    },
    async checkpoint(id, call) {
      call.signal.throwIfAborted();
      await (await collection(id)).checkpoint(call);
    },
    async drop(id, call) {
      call.signal.throwIfAborted();
      const kept = await collection(id);
      const done = kept.drop().finally(() => dropping.delete(id));
      dropping.set(id, done);
      opening.delete(id);
      opened.delete(id);
      await done;
    },
    async unload(id, call) {
      call.signal.throwIfAborted();
      const kept = await opening.get(id);
      if (kept === undefined) return;
      const done = kept.close().finally(() => dropping.delete(id));
      dropping.set(id, done);
      opening.delete(id);
      opened.delete(id);
      await done;
    },
    async rows(id, first, count, call) {
      call.signal.throwIfAborted();
      return (await collection(id)).rows(first, count);
    },
    async audit(id, request, call) {
      call.signal.throwIfAborted();
      checkAudit(request, dimensions);
      return (await collection(id)).audit(request, call);
    },
    report() {
      const problems = [...opened.values()].flatMap((kept) => {
        const failure = kept.checkpointFailure;
        const checkpoint =
          failure === undefined
            ? []
            : `checkpoint failed: ${failure}; answers stay right, look at room and permissions in the data folder`;
        return [kept.status().degraded ?? [], kept.recallProblem ?? [], checkpoint].flat();
      });
      const bytes = [...opened.values()].reduce((sum, kept) => sum + kept.bytes, 0);
      const searchTimes = times.summary();
      return { graphLibrary: library?.origin, collections: opened.size, problems, bytes, searchTimes };
    },
    health() {
      return { name: "vector-index", ...describeReport(this.report()) };
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      const all = await Promise.allSettled([...opening.values(), ...dropping.values()]);
      await Promise.all(all.map((one) => (one.status === "fulfilled" ? one.value?.close() : undefined)));
    },
  };
}

export function describeReport({ graphLibrary, collections, problems }: Omit<IndexReport, "searchTimes">): {
  readonly state: "ok" | "degraded";
  readonly detail: string;
} {
  const graphs =
    graphLibrary === undefined
      ? "exact search only: no library for graphs"
      : `exact search, graphs for large collections (${graphLibrary})`;
  const [first] = problems;
  if (first === undefined) return { state: "ok", detail: `${graphs}; ${collections} open` };
  return { state: "degraded", detail: problems.length === 1 ? first : `${first}; ${problems.length - 1} more` };
}
