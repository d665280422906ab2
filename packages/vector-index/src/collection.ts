import type {
  IndexOperation,
  Label,
  VectorCollectionStatus,
  VectorHit,
  VectorIndexKind,
  VectorSearchResult,
} from "@larder/contracts";
import type { GraphParameters } from "./hnsw-graph.ts";
import { HnswGraph } from "./hnsw-graph.ts";
import type { HnswLibrary } from "./hnsw-library.ts";
import { LaggingGraph } from "./lagging-graph.ts";
import { checkLevel } from "./operation-checks.ts";
import { RecentQueries } from "./query-sample.ts";
import { VectorMatrix } from "./vector-matrix.ts";

export interface CollectionSettings {
  readonly dimensions: number;
  /** Up to this many vectors are searched exactly. */
  readonly exactVectorsMax: number;
  readonly graph: GraphParameters;
  /** Absent where hnswlib-node is not installed. */
  readonly library: HnswLibrary | undefined;
}

const deadShareMax = 0.3; // of nodes; deleted ones are never freed and make every search longer
const pendingMax = 5_000; // compared one by one beside the graph's candidates: about half a millisecond
const allowedExactMax = 5_000; // labels that are compared one by one without asking the graph
const allowedShareMin = 0.1; // below it most of the graph's candidates would be thrown away
const linkBytes = 150; // of a node with sixteen links, besides its vector
export const shrinkShare = 0.8; // of exactVectorsMax: below it the graph goes, with room so that it does not come and go

/** The vectors of one knowledge base: a matrix that is always right, and above a size a graph that makes it fast. */
export class Collection {
  /** For measuring recall with what is really asked. */
  readonly recentQueries = new RecentQueries();
  #matrix: VectorMatrix;
  readonly #settings: CollectionSettings;
  #appliedSequence = 0;
  #serving: LaggingGraph | undefined;
  /** Takes the place of `serving`, which has too many dead nodes, once it holds everything. */
  #replacement: LaggingGraph | undefined;
  #graphFailure: string | undefined;

  constructor(settings: CollectionSettings) {
    this.#settings = settings;
    this.#matrix = new VectorMatrix(settings.dimensions);
  }

  get matrix(): VectorMatrix {
    return this.#matrix;
  }

  get appliedSequence(): number {
    return this.#appliedSequence;
  }

  /** Of vectors and graphs, about. */
  get bytes(): number {
    const { matrix } = this;
    const nodes = (this.#serving?.graph.slots ?? 0) + (this.#replacement?.graph.slots ?? 0);
    return matrix.count * matrix.stride + nodes * (matrix.stride + linkBytes);
  }

  /** The graph that a checkpoint keeps. */
  get graph(): LaggingGraph | undefined {
    return this.#serving;
  }

  /** Puts a collection back as a checkpoint kept it. */
  restore(appliedSequence: number, matrix: VectorMatrix, graph: LaggingGraph | undefined): void {
    this.#appliedSequence = appliedSequence;
    this.#matrix = matrix;
    this.#serving = graph;
    this.#adjustGraphs();
  }

  /** The operations were checked. All or nothing: room is made first, and nothing after that can fail. */
  apply(operations: readonly IndexOperation[], after: number): void {
    checkLevel(this.#appliedSequence, after);
    const fresh = operations.filter((operation) => operation.sequence > this.#appliedSequence);
    this.#matrix.reserve(this.#matrix.count + fresh.length);
    for (const operation of fresh) {
      if (operation.sequence <= this.#appliedSequence) continue; // the same sequence twice in one call
      if (operation.kind === "add") this.#set(operation.label, operation.vector);
      else this.#remove(operation.label);
      this.#appliedSequence = operation.sequence;
    }
    this.#adjustGraphs();
  }

  search(vector: Float32Array, limit: number, allowed: readonly Label[] | undefined): VectorSearchResult {
    const degraded = this.#degradation();
    this.recentQueries.note(vector);
    return {
      hits: this.hits(vector, limit, allowed),
      appliedSequence: this.#appliedSequence,
      ...(degraded === undefined ? {} : { degraded }),
    };
  }

  status(): VectorCollectionStatus {
    const degraded = this.#degradation();
    return {
      kind: this.#kind(),
      count: this.#matrix.count,
      appliedSequence: this.#appliedSequence,
      ...(degraded === undefined ? {} : { degraded }),
    };
  }

  /** True while a graph has something to insert. */
  get hasWork(): boolean {
    return (this.#serving?.pending.size ?? 0) > 0 || this.#replacement !== undefined;
  }

  /** One slice of the graphs' work, about `sliceMs` long. */
  work(sliceMs: number): void {
    const untilMs = performance.now() + sliceMs;
    this.#guard(() => {
      this.#serving?.catchUp(this.#matrix, untilMs);
      if (this.#replacement === undefined || (this.#serving?.pending.size ?? 0) > 0) return;
      this.#replacement.catchUp(this.#matrix, untilMs);
      if (this.#replacement.pending.size > 0) return;
      this.#serving = this.#replacement;
      this.#replacement = undefined;
    });
  }

  #kind(): VectorIndexKind {
    return this.#isBuilt() ? "hnsw" : "exact";
  }

  #degradation(): string | undefined {
    const { exactVectorsMax, library } = this.#settings;
    if (this.#matrix.count <= exactVectorsMax) return undefined;
    if (library === undefined) return "exact search only: hnswlib-node is not installed";
    if (this.#graphFailure !== undefined) return `exact search only: the graph failed (${this.#graphFailure})`;
    const { count } = this.#matrix;
    const done = count - (this.#serving?.pending.size ?? count);
    return this.#isBuilt() ? undefined : `exact search while the graph is building: ${done} of ${count}`;
  }

  #isBuilt(): boolean {
    const { exactVectorsMax } = this.#settings;
    return this.#serving !== undefined && this.#serving.pending.size <= Math.min(pendingMax, exactVectorsMax);
  }

  #usableGraph(): LaggingGraph | undefined {
    return this.#isBuilt() && !this.#serving?.graph.isSaving ? this.#serving : undefined;
  }

  hits(vector: Float32Array, limit: number, allowed: readonly Label[] | undefined): VectorHit[] {
    const approximate = this.#graphHits(vector, limit, allowed);
    if (approximate !== undefined) return approximate;
    return allowed ? this.#matrix.searchAmong(allowed, vector, limit) : this.#matrix.search(vector, limit);
  }

  /** `undefined` when exact search is the better way, or the graph found too few. */
  #graphHits(vector: Float32Array, limit: number, allowed: readonly Label[] | undefined): VectorHit[] | undefined {
    const usable = this.#usableGraph();
    if (usable === undefined) return undefined;
    const { count } = this.#matrix;
    let wanted = Math.min(limit, count);
    let among: ReadonlySet<Label> | undefined;
    if (allowed !== undefined) {
      const share = allowed.length / count;
      if (allowed.length <= allowedExactMax || share < allowedShareMin) return undefined;
      wanted = Math.ceil(wanted / share) * 2; // twice what an even spread would need
      among = new Set(allowed);
    }
    if (wanted > count / 4) return undefined; // a graph search that visits most nodes is slower than comparing
    const candidates = this.#guard(() => [...usable.candidates(vector, wanted, this.#matrix)]);
    const fitting = among ? candidates?.filter((label) => among.has(label)) : candidates;
    if (fitting === undefined || fitting.length < Math.min(limit, count)) return undefined;
    return this.#matrix.searchAmong(fitting, vector, limit);
  }

  #set(label: Label, vector: Float32Array): void {
    const wasLive = this.#matrix.has(label);
    this.#matrix.set(label, vector);
    this.#guard(() => {
      this.#serving?.noteSet(label, wasLive);
      this.#replacement?.noteSet(label, wasLive);
    });
  }

  #remove(label: Label): void {
    if (!this.#matrix.has(label)) return;
    this.#matrix.remove(label);
    this.#guard(() => {
      this.#serving?.noteRemoved(label);
      this.#replacement?.noteRemoved(label);
    });
  }

  #adjustGraphs(): void {
    const { exactVectorsMax, library } = this.#settings;
    const { count } = this.#matrix;
    if (count < exactVectorsMax * shrinkShare) {
      this.#serving = undefined;
      this.#replacement = undefined;
    }
    if (library === undefined || this.#graphFailure !== undefined) return;
    if (this.#serving === undefined && count > exactVectorsMax) this.#serving = this.#startGraph(library);
    if (this.#replacement === undefined && (this.#serving?.deadShare(count) ?? 0) > deadShareMax) {
      this.#replacement = this.#startGraph(library);
    }
  }

  #startGraph(library: HnswLibrary): LaggingGraph | undefined {
    const { dimensions, graph } = this.#settings;
    const slots = Math.ceil(this.#matrix.count * 1.2);
    return this.#guard(
      () => new LaggingGraph(HnswGraph.create(library, dimensions, slots, graph), this.#matrix.labels),
    );
  }

  /** A graph that fails is given up: the matrix answers alone until the host starts anew. */
  #guard<T>(useGraph: () => T): T | undefined {
    try {
      return useGraph();
    } catch (thrown) {
      this.#graphFailure = thrown instanceof Error ? thrown.message : "unknown";
      this.#serving = undefined;
      this.#replacement = undefined;
      return undefined;
    }
  }
}
