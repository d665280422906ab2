import type { Label, VectorAuditRequest, VectorIndexAudit } from "@larder/contracts";
import type { Collection } from "./collection.ts";
import { ExactScan, recallOf, withoutOwn } from "./exact-scan.ts";
import type { SampledQuery } from "./query-sample.ts";
import { sampleQueries } from "./query-sample.ts";

/** Compares a collection with samples of the truth and with exact search, in slices between searches. */
export class CollectionAudit {
  readonly #collection: Collection;
  readonly #samples: VectorAuditRequest["samples"];
  readonly #queries: readonly SampledQuery[];
  readonly #missing: Label[] = [];
  readonly #differing: Label[] = [];
  readonly #recalls: number[] = [];
  readonly #sequence: number;
  #comparedSamples = 0;
  #scan: ExactScan | undefined;
  /** Once everything is compared. */
  result: VectorIndexAudit | undefined;

  constructor(collection: Collection, { samples, queries }: VectorAuditRequest) {
    this.#collection = collection;
    this.#samples = samples;
    this.#sequence = collection.appliedSequence;
    const { matrix, recentQueries } = collection;
    this.#queries = sampleQueries(matrix, recentQueries, Math.min(queries, matrix.count), Math.random);
  }

  /** One slice, about `sliceMs` long. Nothing may save the collection meanwhile. */
  work(sliceMs: number): void {
    const untilMs = performance.now() + sliceMs;
    while (this.result === undefined && performance.now() < untilMs) {
      const sample = this.#samples[this.#comparedSamples];
      const query = this.#queries[this.#recalls.length];
      if (sample !== undefined) this.#compare(sample);
      else if (query !== undefined) this.#search(query, untilMs);
      else this.#finish();
    }
  }

  #compare({ label, vector }: VectorAuditRequest["samples"][number]): void {
    this.#comparedSamples += 1;
    const { matrix, graph } = this.#collection;
    if (!matrix.has(label)) this.#missing.push(label);
    else if (!matrix.holds(label, vector) || graph?.agrees(label, matrix) === false) this.#differing.push(label);
  }

  #search({ vector, own }: SampledQuery, untilMs: number): void {
    const { recallAt } = this.#collection;
    this.#scan ??= new ExactScan(this.#collection.matrix, vector, recallAt + 1);
    const truth = this.#scan.work(untilMs);
    if (truth === undefined) return;
    const found = withoutOwn(this.#collection.hits(vector, recallAt + 1, undefined), own, recallAt);
    this.#recalls.push(recallOf(found, withoutOwn(truth, own, recallAt)));
    this.#scan = undefined;
  }

  #finish(): void {
    const { matrix, graph, appliedSequence } = this.#collection;
    const sum = this.#recalls.reduce((total, recall) => total + recall, 0);
    this.result = {
      ...(appliedSequence === this.#sequence ? { appliedSequence } : {}),
      count: matrix.count,
      graphMissing: graph?.missing(matrix) ?? 0,
      missing: this.#missing,
      differing: this.#differing,
      recall: this.#recalls.length === 0 ? 1 : sum / this.#recalls.length,
      sampledQueries: this.#recalls.length,
    };
  }
}
