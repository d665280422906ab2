import type { EfTuning, RecallWanted } from "./ef-tuner.ts";
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
  readonly #wanted: RecallWanted;
  #tuner: EfTuner | undefined;
  #chosen: EfTuning | undefined;
  #changes = 0;
  #changesBefore = 0; // as the tuner began: those since are not measured

  constructor(wanted: RecallWanted) {
    this.#wanted = wanted;
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
    if (this.#chosen === undefined || !this.#isAsWanted(this.#chosen)) return true;
    const { asked } = this.#chosen;
    if (this.recentQueries.total >= (asked < recentMax ? recentMax : asked * askedGrowth)) return true;
    return this.#changes >= count * changesShare;
  }

  /** Chooses, when it is time to, until `untilMs`; what was chosen before stays in use meanwhile. True once it has chosen. */
  work(graph: LaggingGraph, matrix: VectorMatrix, untilMs: number): boolean {
    if (!this.isDue(matrix)) return false;
    if (this.#tuner?.graph !== graph) {
      this.#tuner = new EfTuner(graph, matrix, this.recentQueries, this.#wanted);
      this.#changesBefore = this.#changes;
    }
    this.#tuner.work(untilMs);
    if (this.#tuner.result === undefined) return false;
    this.#chosen = this.#tuner.result;
    this.#tuner = undefined;
    this.#changes -= this.#changesBefore;
    return true;
  }

  /** Set while the graph finds less than it should. */
  get problem(): string | undefined {
    if (this.#chosen === undefined || !this.#isAsWanted(this.#chosen)) return undefined;
    const { ef, recall, lowerBound, wanted } = this.#chosen;
    return lowerBound >= wanted.recall
      ? undefined
      : `recall ${wanted.recall} is not reached: ${recall.toFixed(3)} with the largest ef, ${ef}`;
  }

  /** False for what a checkpoint kept from a time when another recall was asked for. */
  #isAsWanted({ wanted }: EfTuning): boolean {
    return wanted?.recall === this.#wanted.recall && wanted.at === this.#wanted.at; // in older checkpoints it is absent
  }
}
