import type { Label } from "@larder/contracts";
import type { HnswLibrary, NativeGraph } from "./hnsw-library.ts";
import { isSame } from "./vector-matrix.ts";

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
  #ef = 0; // as the library has it; it forgets it on load
  readonly #native: NativeGraph;
  readonly #point: number[]; // used again for each vector: the library wants plain arrays

  private constructor(native: NativeGraph, dimensions: number) {
    this.#native = native;
    this.#point = new Array<number>(dimensions).fill(0);
  }

  static create(library: HnswLibrary, dimensions: number, slots: number, parameters: GraphParameters): HnswGraph {
    const native = new library.HierarchicalNSW("ip", dimensions);
    native.initIndex(Math.max(slotsMin, slots), parameters.m, parameters.efConstruction, randomSeed);
    return new HnswGraph(native, dimensions);
  }

  /** Always into a new object: loading into one that holds a graph frees it before it fails. The file was verified. */
  static async load(library: HnswLibrary, dimensions: number, file: string): Promise<HnswGraph> {
    const native = new library.HierarchicalNSW("ip", dimensions);
    await native.readIndex(file);
    return new HnswGraph(native, dimensions);
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
    this.#native.addPoint(this.#plain(vector), label);
  }

  /** For a label that is in the graph and not marked yet. */
  markDeleted(label: Label): void {
    this.#native.markDelete(label);
  }

  /**
   * At most `count` live labels near `vector`, nearest first; fewer only when the search came to no more.
   * @param ef - Candidates looked at, at least `count`: more find the true neighbours more surely and take longer
   */
  search(vector: Float32Array, count: number, ef: number): readonly Label[] {
    const k = Math.min(count, this.slots);
    if (k === 0) return [];
    if (ef !== this.#ef) this.#native.setEf(ef);
    this.#ef = ef;
    return this.#native.searchKnn(this.#plain(vector), k).neighbors as Label[]; // labels went in as labels
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

  #plain(vector: Float32Array): number[] {
    const point = this.#point;
    for (let i = 0; i < point.length; i++) point[i] = vector[i] ?? 0;
    return point;
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
