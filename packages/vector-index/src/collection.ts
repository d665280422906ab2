import type {
  IndexOperation,
  Label,
  VectorCollectionStatus,
  VectorHit,
  VectorIndexKind,
  VectorSearchResult,
} from "@larder/contracts";
import { efMax } from "./ef-tuner.ts";
import { searchExactlyAmong } from "./exact-among.ts";
import { isGraphQuicker, recallAtOf, rowsPerCandidateMeasured, searchGraph, searchGraphAmong } from "./graph-search.ts";
import type { KeptTuning } from "./graph-tuning.ts";
import { GraphTuning } from "./graph-tuning.ts";
import type { GraphLibrary, GraphParameters } from "./graphs/vector-graph.ts";
import type { LabelList } from "./label-list.ts";
import { LaggingGraph } from "./lagging-graph.ts";
import { checkLevel } from "./operation-checks.ts";
import type { RecentQueries } from "./query-sample.ts";
import { VectorMatrix } from "./vector-matrix.ts";

export interface CollectionSettings {
  readonly dimensions: number;
  /** Up to this many vectors are searched exactly. */
  readonly exactVectorsMax: number;
  readonly graph: GraphParameters;
  /** Recall@10 that a graph's searches are to have, 0.5 … 0.998. */
  readonly recallTarget: number;
  /** Parts of a divided collection, of which this is one. @defaultValue 1 */
  readonly partOf?: number;
  /** Absent where none is wanted, or hnswlib-node is and is not installed. */
  readonly library: GraphLibrary | undefined;
}

const deadShareMax = 0.3; // of nodes; deleted ones are never freed and make every search longer
const pendingMax = 5_000; // compared one by one beside the graph's candidates: about half a millisecond
export interface KeptGraph {
  readonly graph: LaggingGraph;
  readonly tuning: KeptTuning | undefined;
}

export const shrinkShare = 0.8; // of exactVectorsMax: below it the graph goes, with room so that it does not come and go

/** The vectors of one knowledge base: a matrix that is always right, and above a size a graph that makes it fast. */
export class Collection {
  #matrix: VectorMatrix;
  readonly #settings: CollectionSettings;
  #appliedSequence = 0;
  #serving: LaggingGraph | undefined;
  /** Takes the place of `serving`, which has too many dead nodes, once it holds everything. */
  #replacement: LaggingGraph | undefined;
  #graphFailure: string | undefined;
  #graphRevision = 0;
  readonly #tuning: GraphTuning;
  /** Neighbours that the graph's recall is measured for. */
  readonly recallAt: number;

  constructor(settings: CollectionSettings) {
    this.#settings = settings;
    this.recallAt = recallAtOf(settings.partOf);
    this.#tuning = new GraphTuning({ recall: settings.recallTarget, at: this.recallAt });
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
    const graphs = (this.#serving?.graph.bytes ?? 0) + (this.#replacement?.graph.bytes ?? 0);
    return matrix.count * matrix.stride + graphs;
  }

  /** The graph that a checkpoint keeps. */
  get graph(): LaggingGraph | undefined {
    return this.#serving;
  }

  /** What the graph is searched with. */
  get tuning(): KeptTuning | undefined {
    return this.#tuning.kept;
  }

  /**
   * Another one after the graph was replaced, or its ef chosen: then a checkpoint keeps more than the one before, though nothing was
   * applied. `undefined` while no finished graph serves.
   */
  get graphRevision(): number | undefined {
    return this.#isBuilt() ? this.#graphRevision : undefined;
  }

  get recentQueries(): RecentQueries {
    return this.#tuning.recentQueries;
  }

  /** Puts a collection back as a checkpoint kept it. */
  restore(appliedSequence: number, matrix: VectorMatrix, kept: KeptGraph | undefined): void {
    this.#appliedSequence = appliedSequence;
    this.#matrix = matrix;
    this.#serving = kept?.graph;
    this.#tuning.restore(kept?.tuning);
    this.#adjustGraphs();
  }

  /** The operations were checked. All or nothing: room is made first, and nothing after that can fail. */
  apply(operations: readonly IndexOperation[], after: number): void {
    checkLevel(this.#appliedSequence, after);
    const fresh = operations.filter((operation) => operation.sequence > this.#appliedSequence);
    this.#matrix.reserve(this.#matrix.count + fresh.length);
    let changes = 0; // a part is given deletes of what the other parts have, to be level with them
    for (const operation of fresh) {
      if (operation.sequence <= this.#appliedSequence) continue; // the same sequence twice in one call
      if (operation.kind === "add") this.#set(operation.label, operation.vector);
      if (operation.kind === "add" || this.#remove(operation.label)) changes += 1;
      this.#appliedSequence = operation.sequence;
    }
    this.#tuning.noteChanges(changes);
    this.#adjustGraphs();
  }

  search(vector: Float32Array, limit: number, allowed: LabelList | undefined): VectorSearchResult {
    const degraded = this.#degradation();
    if (this.#serving !== undefined) this.recentQueries.note(vector);
    return {
      hits: this.hits(vector, limit, allowed),
      appliedSequence: this.#appliedSequence,
      ...(degraded === undefined ? {} : { degraded }),
    };
  }

  status(): VectorCollectionStatus {
    const { tuning } = this;
    const degraded = this.#degradation();
    return {
      kind: this.#kind(),
      count: this.#matrix.count,
      appliedSequence: this.#appliedSequence,
      ...(this.#isBuilt() && tuning ? { ef: tuning.ef, recall: tuning.recall, asked: tuning.asked } : {}),
      ...(degraded === undefined ? {} : { degraded }),
    };
  }

  /** Set while the graph finds less than it should. */
  get recallProblem(): string | undefined {
    return this.#isBuilt() ? this.#tuning.problem : undefined;
  }

  /** True while a graph has something to insert, or is to be measured. */
  get hasWork(): boolean {
    return this.isBehind || (this.#serving !== undefined && this.#tuning.isDue(this.#matrix));
  }

  /** True while a graph has something to insert: searches are slower until it has. */
  get isBehind(): boolean {
    return (this.#serving?.pending.size ?? 0) > 0 || this.#replacement !== undefined;
  }

  /** One slice of the graphs' work, about `sliceMs` long. */
  work(sliceMs: number): void {
    const untilMs = performance.now() + sliceMs;
    this.#guard(() => {
      const serving = this.#serving;
      serving?.catchUp(this.#matrix, untilMs);
      if (serving === undefined || serving.pending.size > 0) return;
      if (this.#replacement === undefined) {
        if (this.#tuning.work(serving, this.#matrix, untilMs)) this.#graphRevision += 1;
        return;
      }
      this.#replacement.catchUp(this.#matrix, untilMs);
      if (this.#replacement.pending.size > 0) return;
      this.#serving = this.#replacement;
      this.#replacement = undefined;
      this.#graphRevision += 1;
      this.#tuning.noteChanges(this.#matrix.count); // it was the old one that was measured
    });
  }

  #kind(): VectorIndexKind {
    return this.#isBuilt() ? "hnsw" : "exact";
  }

  #degradation(): string | undefined {
    const { exactVectorsMax, library } = this.#settings;
    if (this.#matrix.count <= exactVectorsMax) return undefined;
    if (library === undefined) return "exact search only: no library for graphs";
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

  /** As {@link search}, without taking it for a question. */
  hits(vector: Float32Array, limit: number, allowed: LabelList | undefined): VectorHit[] {
    const approximate = this.#guard(() => this.#graphHits(vector, Math.min(limit, this.#matrix.count), allowed));
    if (approximate !== undefined) return approximate;
    return allowed ? searchExactlyAmong(this.#matrix, allowed, vector, limit) : this.#matrix.search(vector, limit);
  }

  /** `undefined` when exact search is the better way. */
  #graphHits(vector: Float32Array, limit: number, allowed: LabelList | undefined): VectorHit[] | undefined {
    const graph = this.#usableGraph();
    if (graph === undefined || limit === 0) return undefined;
    const ef = this.tuning?.ef ?? this.#settings.graph.efSearch;
    const search = { vector, limit, ef, rowsPerCandidate: this.#rowsPerCandidate };
    if (allowed !== undefined) return searchGraphAmong(graph, this.#matrix, allowed, search);
    return isGraphQuicker(this.#matrix, search) ? searchGraph(graph, this.#matrix, search) : undefined;
  }

  /** Whoever has graphs for smaller collections wants them used there. */
  get #rowsPerCandidate(): number {
    return Math.min(rowsPerCandidateMeasured, this.#settings.exactVectorsMax / efMax);
  }

  #set(label: Label, vector: Float32Array): void {
    const wasLive = this.#matrix.has(label);
    this.#matrix.set(label, vector);
    this.#guard(() => {
      this.#serving?.noteSet(label, wasLive);
      this.#replacement?.noteSet(label, wasLive);
    });
  }

  /** False for a label that is not there. */
  #remove(label: Label): boolean {
    if (!this.#matrix.has(label)) return false;
    this.#matrix.remove(label);
    this.#guard(() => {
      this.#serving?.noteRemoved(label);
      this.#replacement?.noteRemoved(label);
    });
    return true;
  }

  #adjustGraphs(): void {
    const { exactVectorsMax, library } = this.#settings;
    const { count } = this.#matrix;
    if (count < exactVectorsMax * shrinkShare) {
      this.#serving = undefined;
      this.#replacement = undefined;
      this.#tuning.restore(undefined);
    }
    if (library === undefined || this.#graphFailure !== undefined) return;
    if (this.#serving === undefined && count > exactVectorsMax) this.#serving = this.#startGraph(library);
    if (this.#replacement === undefined && (this.#serving?.deadShare(count) ?? 0) > deadShareMax) {
      this.#replacement = this.#startGraph(library);
    }
  }

  #startGraph(library: GraphLibrary): LaggingGraph | undefined {
    const { dimensions, graph } = this.#settings;
    const slots = Math.ceil(this.#matrix.count * 1.2);
    return this.#guard(() => new LaggingGraph(library.create(dimensions, slots, graph), this.#matrix.labels));
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
