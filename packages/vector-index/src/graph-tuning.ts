import type { EfTuning } from "./ef-tuner.ts";
import { EfTuner } from "./ef-tuner.ts";
import type { LaggingGraph } from "./lagging-graph.ts";
import { RecentQueries, recentMax } from "./query-sample.ts";
import type { VectorMatrix } from "./vector-matrix.ts";

const changesShare = 0.1; // of the vectors: after so many changes ef is chosen anew
const askedGrowth = 10; // and by 1,000 questions, by 10,000, ...

/** As a checkpoint keeps it. */
export interface KeptTuning extends EfTuning {
  /** Operations since it was measured. */
  readonly changes: number;
}

/** The ef that a collection's graph is searched with, and when it is time to choose it anew. */
export class GraphTuning {
  /** For measuring recall with what is really asked. */
  readonly recentQueries = new RecentQueries();
  readonly #recallTarget: number;
  readonly #recallAt: number;
  #tuner: EfTuner | undefined;
  #chosen: EfTuning | undefined;
  #changes = 0;

  constructor(recallTarget: number, recallAt: number) {
    this.#recallTarget = recallTarget;
    this.#recallAt = recallAt;
  }

  get kept(): KeptTuning | undefined {
    return this.#chosen && { ...this.#chosen, changes: this.#changes };
  }

  restore(kept: KeptTuning | undefined): void {
    this.#tuner = undefined; // it would keep a graph in memory that is of no use any more
    this.#chosen = kept;
    this.#changes = kept?.changes ?? 0;
  }

  noteChanges(operations: number): void {
    this.#changes += operations;
  }

  isDue({ count }: VectorMatrix): boolean {
    if (this.#chosen === undefined) return true;
    if (this.recentQueries.total >= Math.max(recentMax, this.#chosen.asked * askedGrowth)) return true;
    return this.#changes >= count * changesShare;
  }

  /** Chooses, when it is time to, until `untilMs`; what was chosen before stays in use meanwhile. */
  work(graph: LaggingGraph, matrix: VectorMatrix, untilMs: number): void {
    if (!this.isDue(matrix)) return;
    if (this.#tuner?.graph !== graph) {
      const wanted = { recall: this.#recallTarget, at: this.#recallAt };
      this.#tuner = new EfTuner(graph, matrix, this.recentQueries, wanted);
    }
    this.#tuner.work(untilMs);
    if (this.#tuner.result === undefined) return;
    this.#chosen = this.#tuner.result;
    this.#tuner = undefined;
    this.#changes = 0;
  }

  /** Set while the graph finds less than it should. */
  get problem(): string | undefined {
    if (this.#chosen === undefined || this.#chosen.lowerBound >= this.#recallTarget) return undefined;
    const { ef, recall } = this.#chosen;
    return `recall ${this.#recallTarget} is not reached: ${recall.toFixed(3)} with the largest ef, ${ef}`;
  }
}
