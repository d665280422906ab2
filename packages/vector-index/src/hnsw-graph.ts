import type { Label } from "@larder/contracts";
import type { HnswLibrary, NativeGraph } from "./hnsw-library.ts";
import { isSame } from "./vector-matrix.ts";

export interface GraphParameters {
  /** Links of a node; twice as many on the lowest level. */
  readonly m: number;
  /** Candidates looked at while a node is linked. */
  readonly efConstruction: number;
  /** Candidates looked at by a search; the library forgets it on load. */
  readonly efSearch: number;
}

/** Recall@10 of 0.999 on 200,000 clustered vectors of 256 dimensions; see docs/decisions/0003-vector-index.md. */
export const graphParameters: GraphParameters = { m: 16, efConstruction: 200, efSearch: 128 };

const slotsMin = 1_024;
const randomSeed = 100; // the library's default; a fixed one gives the same graph for the same order of additions

/**
 * One native graph, and the only code that touches it. Whoever calls has checked every vector and label: the library
 * ends the process on wrong values. It knows inner products of unit vectors, whose order is that of cosines.
 * Nothing may be called while {@link save} runs, which {@link isSaving} tells.
 *
 * @source Malkov, Yashunin: Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small
 * World graphs, doi:10.1109/TPAMI.2018.2889473
 */
export class HnswGraph {
  #isSaving = false;
  readonly #native: NativeGraph;
  readonly #efSearch: number;

  private constructor(native: NativeGraph, efSearch: number) {
    this.#native = native;
    this.#efSearch = efSearch;
    native.setEf(efSearch);
  }

  static create(library: HnswLibrary, dimensions: number, slots: number, parameters: GraphParameters): HnswGraph {
    const native = new library.HierarchicalNSW("ip", dimensions);
    native.initIndex(Math.max(slotsMin, slots), parameters.m, parameters.efConstruction, randomSeed);
    return new HnswGraph(native, parameters.efSearch);
  }

  /** Always into a new object: loading into one that holds a graph frees it before it fails. The file was verified. */
  static async load(
    library: HnswLibrary,
    dimensions: number,
    file: string,
    parameters: GraphParameters,
  ): Promise<HnswGraph> {
    const native = new library.HierarchicalNSW("ip", dimensions);
    await native.readIndex(file);
    return new HnswGraph(native, parameters.efSearch);
  }

  get isSaving(): boolean {
    return this.#isSaving;
  }

  /** Nodes, deleted ones included: they are never freed. */
  get slots(): number {
    return this.#native.getCurrentCount();
  }

  /** Adds a node, or revives and moves the node of a label that was marked deleted. */
  add(label: Label, vector: Float32Array): void {
    if (this.slots >= this.#native.getMaxElements()) this.#native.resizeIndex(Math.ceil(this.slots * 1.5));
    this.#native.addPoint(Array.from(vector), label);
  }

  /** For a label that is in the graph and not marked yet. */
  markDeleted(label: Label): void {
    this.#native.markDelete(label);
  }

  /** About `count` labels near `vector`, at least as many as the search looks at, nearest first; fewer if there are. */
  search(vector: Float32Array, count: number): readonly number[] {
    const candidates = Math.min(Math.max(count, this.#efSearch), this.slots);
    return candidates === 0 ? [] : this.#native.searchKnn(Array.from(vector), candidates).neighbors;
  }

  /** Labels of all nodes, deleted ones included. About 50 ms for a million. */
  labels(): readonly number[] {
    return this.#native.getIdsList();
  }

  /** True when the live node of this label has this unit vector, but for rounding. */
  holds(label: Label, vector: Float32Array): boolean {
    try {
      const point = this.#native.getPoint(label);
      return point.length === vector.length && point.every((value, i) => isSame(value, vector[i] ?? 0));
    } catch {
      return false; // the library throws for a label that it does not know
    }
  }

  /** The library reports no failed write: the caller checks the file. */
  async save(file: string): Promise<void> {
    this.#isSaving = true;
    try {
      await this.#native.writeIndex(file);
    } finally {
      this.#isSaving = false;
    }
  }
}
