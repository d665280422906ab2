import type { VectorHit } from "@larder/contracts";
import { seededRandom } from "@larder/statistics";
import { ExactScan, recallOf, withoutOwn } from "./exact-scan.ts";
import { searchGraph } from "./graph-search.ts";
import type { LaggingGraph } from "./lagging-graph.ts";
import type { RecentQueries, SampledQuery } from "./query-sample.ts";
import { recentMax, sampleQueries } from "./query-sample.ts";
import { measureRecall } from "./recall-statistics.ts";
import type { VectorMatrix } from "./vector-matrix.ts";

/** What a graph is searched with, and how it was found. */
export interface EfTuning {
  readonly ef: number;
  /** Mean recall of the sampled queries with it. */
  readonly recall: number;
  /** Below the target when even the largest ef does not reach it. */
  readonly lowerBound: number;
  /** How many queries had come until then. */
  readonly asked: number;
  /** What it was chosen for. */
  readonly wanted: RecallWanted;
}

export interface RecallWanted {
  /** 0 … 1. */
  readonly recall: number;
  /** Of how many nearest. */
  readonly at: number;
}

export const efMax = 1_024;
/** Steps of about a tenth. Less than 64 would save a tenth of a millisecond and leave no room for questions unlike those that were sampled. */
const efLadder: readonly number[] = [
  ...[
    64, 72, 80, 88, 96, 104, 112, 120, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480,
  ],
  ...[512, 576, 640, 704, 768, 896, efMax],
];
const queriesMax = recentMax;

/**
 * Finds the smallest ef of a ladder whose recall reaches a target with 95 % confidence, on sampled queries against exact search. In
 * slices: at half a million vectors the whole takes a quarter of a minute of exact search.
 */
export class EfTuner {
  readonly graph: LaggingGraph;
  readonly #matrix: VectorMatrix;
  readonly #wanted: RecallWanted;
  readonly #queries: readonly SampledQuery[];
  readonly #asked: number;
  readonly #truths: (readonly VectorHit[])[] = [];
  #scan: ExactScan | undefined;
  #low = 0; // steps of the ladder: recall grows with ef, so the step that is looked for lies between these two
  #high = efLadder.length - 1;
  #step = this.#middle();
  readonly #measured = new Map<number, EfTuning>();
  #recalls: number[] = [];
  result: EfTuning | undefined;

  constructor(graph: LaggingGraph, matrix: VectorMatrix, recent: RecentQueries, wanted: RecallWanted) {
    this.graph = graph;
    this.#matrix = matrix;
    this.#wanted = wanted;
    this.#asked = recent.total;
    this.#queries = sampleQueries(matrix, recent, Math.min(queriesMax, matrix.count), seededRandom(matrix.count));
  }

  /** Goes on until `untilMs` or to the end, which {@link result} tells. */
  work(untilMs: number): void {
    while (this.result === undefined) {
      const unknown = this.#queries[this.#truths.length];
      const query = this.#queries[this.#recalls.length];
      if (unknown !== undefined) this.#compareAll(unknown, untilMs);
      else if (query !== undefined) this.#search(query, this.#truths[this.#recalls.length] ?? []);
      else this.#judge();
      if (performance.now() >= untilMs) return;
    }
  }

  #compareAll({ vector, own }: SampledQuery, untilMs: number): void {
    this.#scan ??= new ExactScan(this.#matrix, vector, this.#wanted.at + 1);
    const truth = this.#scan.work(untilMs);
    if (truth === undefined) return;
    this.#truths.push(withoutOwn(truth, own, this.#wanted.at));
    this.#scan = undefined;
  }

  #search({ vector, own }: SampledQuery, truth: readonly VectorHit[]): void {
    const limit = Math.min(this.#wanted.at + 1, this.#matrix.count);
    const found = searchGraph(this.graph, this.#matrix, { vector, limit, ef: this.#ef() }) ?? [];
    const live = truth.filter(({ label }) => this.#matrix.has(label)); // the tuner may have begun before it was removed
    this.#recalls.push(recallOf(withoutOwn(found, own, this.#wanted.at), live));
  }

  #ef(): number {
    return efLadder[this.#step] ?? efMax;
  }

  #judge(): void {
    const { mean: recall, lowerBound } = measureRecall(this.#recalls, this.#wanted.at);
    this.#measured.set(this.#step, { ef: this.#ef(), recall, lowerBound, asked: this.#asked, wanted: this.#wanted });
    this.#recalls = [];
    if (lowerBound >= this.#wanted.recall) this.#high = this.#step;
    else this.#low = Math.min(this.#step + 1, this.#high);
    this.#step = this.#middle();
    if (this.#low === this.#high) this.result = this.#measured.get(this.#step); // else that step comes last
  }

  #middle(): number {
    return (this.#low + this.#high) >> 1;
  }
}
