import type { Label } from "@larder/contracts";
import type { VectorGraph } from "./graphs/vector-graph.ts";
import type { VectorMatrix } from "./vector-matrix.ts";

/**
 * A graph that follows a matrix at its own pace. Changes of the matrix only note what the graph does not know yet
 * (`pending`); {@link catchUp} inserts those, a little at a time. A search takes the graph's candidates and all pending
 * labels together, so it is right at any moment.
 */
export class LaggingGraph {
  readonly graph: VectorGraph;
  /** Labels of the matrix that the graph does not hold with their present vector. */
  readonly pending: Set<Label>;
  /** Where {@link catchUp} stopped: beginning anew it would come by the places of all that it took out. */
  #next: IterableIterator<Label> | undefined;

  constructor(graph: VectorGraph, pending: Iterable<Label>) {
    this.graph = graph;
    this.pending = new Set(pending);
  }

  /** Share of the nodes that are deleted, 0 … 1. */
  deadShare(liveCount: number): number {
    const { slots } = this.graph;
    return slots === 0 ? 0 : 1 - (liveCount - this.pending.size) / slots;
  }

  /** Labels of the matrix that the graph should hold and does not. */
  missing(matrix: VectorMatrix): number {
    const nodes = new Set(this.graph.labels());
    return matrix.labels.reduce((sum, label) => sum + (nodes.has(label) || this.pending.has(label) ? 0 : 1), 0);
  }

  /** True unless the graph's own copy of this label's vector is another than the matrix's. */
  agrees(label: Label, matrix: VectorMatrix): boolean {
    return this.pending.has(label) || this.graph.holds(label, matrix.row(label));
  }

  /** The matrix has a new vector for this label. `wasLive`: it had one before. */
  noteSet(label: Label, wasLive: boolean): void {
    if (wasLive && !this.pending.has(label)) this.graph.markDeleted(label);
    this.pending.add(label);
  }

  /** The matrix had this label and has it no more. */
  noteRemoved(label: Label): void {
    if (!this.pending.delete(label)) this.graph.markDeleted(label);
  }

  /** Inserts pending labels until none is left or the time is over. */
  catchUp(matrix: VectorMatrix, untilMs: number): void {
    while (this.pending.size > 0) {
      this.#next ??= this.pending.values();
      const { done, value: label } = this.#next.next();
      if (done === true) {
        this.#next = undefined;
        continue;
      }
      this.graph.add(label, matrix.row(label));
      this.pending.delete(label);
      if (performance.now() >= untilMs) return;
    }
  }
}
