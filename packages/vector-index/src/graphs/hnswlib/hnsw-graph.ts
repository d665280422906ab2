import type { Label } from "@larder/contracts";
import { blameDisk } from "../../durable-files.ts";
import { isSame } from "../../vector-matrix.ts";
import type { GraphLibrary, GraphParameters, VectorGraph } from "../vector-graph.ts";
import { checkGraphFile } from "./graph-file.ts";
import type { HnswLibrary, LoadedHnswLibrary, NativeGraph } from "./hnsw-library.ts";

const slotsMin = 1_024;
const randomSeed = 100; // the library's default; a fixed one gives the same graph for the same order of additions

const spareCandidates = 16; // for the library rounds otherwise than exact search and does not order ties by label
const linkBytes = 150; // of a node with sixteen links, besides its vector

/** Graphs of the native library hnswlib-node. */
export function hnswGraphs(native: LoadedHnswLibrary): GraphLibrary {
  return {
    name: "hnswlib-node",
    version: "hnswlib-node@3.0.0", // another version may read a file wrongly
    origin: `hnswlib-node, ${native.origin}`,
    create: (dimensions, slots, parameters) => HnswGraph.create(native, dimensions, slots, parameters),
    load: (file, dimensions) => HnswGraph.load(native, dimensions, file),
  };
}

/**
 * One native graph, and the only code that touches it: the library ends the process on wrong values. It knows inner
 * products of unit vectors, whose order is that of cosines. Nothing may be called while {@link save} runs, which
 * {@link isSaving} tells.
 */
export class HnswGraph implements VectorGraph {
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

  get bytes(): number {
    return this.slots * (this.#point.length * 4 + linkBytes);
  }

  get slots(): number {
    return this.#native.getCurrentCount();
  }

  /** Revives and moves the node of a label that was marked deleted, where there is one. */
  add(label: Label, vector: Float32Array): void {
    if (this.slots >= this.#native.getMaxElements()) this.#native.resizeIndex(Math.ceil(this.slots * 1.5));
    this.#native.addPoint(this.#plain(vector), label);
  }

  markDeleted(label: Label): void {
    this.#native.markDelete(label);
  }

  search(vector: Float32Array, count: number, ef: number): readonly Label[] {
    if (this.slots === 0) return [];
    const k = Math.min(count + spareCandidates, Math.max(count, ef), this.slots);
    if (ef !== this.#ef) this.#native.setEf(ef);
    this.#ef = ef;
    return this.#native.searchKnn(this.#plain(vector), k).neighbors as Label[]; // labels went in as labels
  }

  /** Of deleted nodes too. About 50 ms for a million. */
  labels(): readonly number[] {
    return this.#native.getIdsList();
  }

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

  /** The library reports no failed write, so the file is looked at, and the disk asked what it has against it. */
  async save(file: string): Promise<void> {
    const nodes = this.slots;
    this.#isSaving = true;
    try {
      await this.#native.writeIndex(file);
    } finally {
      this.#isSaving = false;
    }
    await checkGraphFile(file, nodes).catch(async (thrown: unknown) => {
      await blameDisk(file);
      throw thrown;
    });
  }
}
