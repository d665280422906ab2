import type { Label } from "@larder/contracts";

export interface GraphParameters {
  /** Links of a node; twice as many on the lowest level. */
  readonly m: number;
  /** Candidates looked at while a node is linked. */
  readonly efConstruction: number;
  /** Candidates looked at by a search until the graph was measured; see EfTuner. */
  readonly efSearch: number;
}

/** Chosen by measurement, see docs/decisions/0031-index-kinds.md. */
export const graphParameters: GraphParameters = { m: 16, efConstruction: 200, efSearch: 128 };

/**
 * Unit vectors by label, linked so that those near to another are found by looking at few of them. Whoever calls has
 * checked every vector and label. Nothing may be added or deleted while {@link save} runs.
 *
 * @source Malkov, Yashunin: Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small
 * World graphs, doi:10.1109/TPAMI.2018.2889473
 */
export interface VectorGraph {
  /** Nodes, deleted ones included: they are never freed. */
  readonly slots: number;
  /** Of memory, about. */
  readonly bytes: number;
  /** True while not even a search may be asked for. */
  readonly isSaving: boolean;
  /** For a label that is not in the graph, or marked deleted. */
  add(label: Label, vector: Float32Array): void;
  /** For a label that is in the graph and not marked yet. */
  markDeleted(label: Label): void;
  /**
   * `count` live labels near `vector`, about the nearest first, and further ones as far as the graph cannot tell for sure
   * that they are no nearer; fewer only when the search came to no more.
   * @param ef - Candidates looked at, at least `count`: more find the true neighbours more surely and take longer
   */
  search(vector: Float32Array, count: number, ef: number): readonly Label[];
  /** Labels of all live nodes, perhaps of deleted ones too. */
  labels(): readonly number[];
  /** True when the live node of this label has this unit vector, but for rounding. */
  holds(label: Label, vector: Float32Array): boolean;
  /** Writes a new file. Rejects unless it is whole. */
  save(file: string): Promise<void>;
}

/** Who makes graphs. */
export interface GraphLibrary {
  readonly name: GraphLibraryName;
  /** What a file was written by; one that another wrote is not read. */
  readonly version: string;
  /** Which build this is, for health. */
  readonly origin: string;
  /** Empty, with room for that many nodes to begin with. */
  create(dimensions: number, slots: number, parameters: GraphParameters): VectorGraph;
  /** The file was verified. Rejects when it can't be read. */
  load(file: string, dimensions: number, parameters: GraphParameters): Promise<VectorGraph>;
}

/**
 * `codes`: vectors as signed bytes, walked through by code of ours, see docs/decisions/0035-graph-of-codes.md;
 * `hnswlib-node`: the native library, whose vectors are float32.
 */
export type GraphLibraryName = "codes" | "hnswlib-node";
