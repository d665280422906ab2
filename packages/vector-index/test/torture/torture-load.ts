import type { KnowledgeBaseId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { SqliteStore } from "@larder/store";
import {
  addReady,
  clusteredVectors,
  createKnowledgeBaseIn,
  seededRandom,
  testCall,
  VectorModel,
} from "@larder/testkit";
import type { FollowedIndex } from "../../src/index.ts";
import { call, dimensions, embedderId } from "./tortured-collection.ts";

const limit = 10;
const passagesPerDocument = 12;
const attemptsMax = 100;

/** Documents that come and go in a real database, and searches whose answers are compared with what it holds. */
export class TortureLoad {
  readonly violations: string[] = [];
  readonly failures = new Map<string, number>();
  answers = 0;
  compared = 0;
  documents = 0;
  /** When the latest search was answered that began after this: see {@link markFault}. */
  #faultMs = Number.POSITIVE_INFINITY;
  outageMsMax = 0;
  answerMsMax = 0;
  readonly #store: SqliteStore;
  readonly #knowledgeBaseId: KnowledgeBaseId;
  readonly #followed: FollowedIndex;
  readonly #random: () => number;
  readonly #model = new VectorModel();
  #version = 0;
  #ids: Awaited<ReturnType<typeof addReady>>["id"][] = [];

  private constructor(store: SqliteStore, id: KnowledgeBaseId, followed: FollowedIndex, seed: number) {
    this.#store = store;
    this.#knowledgeBaseId = id;
    this.#followed = followed;
    this.#random = seededRandom(seed);
  }

  static async create(store: SqliteStore, followed: FollowedIndex, seed: number): Promise<TortureLoad> {
    return new TortureLoad(store, await createKnowledgeBaseIn(store.documents), followed, seed);
  }

  get collection(): KnowledgeBaseId {
    return this.#knowledgeBaseId;
  }

  get count(): number {
    return this.#model.vectors.size;
  }

  /** One more document, and now and then one fewer. */
  async ingest(): Promise<void> {
    this.#version += 1;
    const text = Array.from({ length: passagesPerDocument }, (_, i) => `passage ${i} of ${this.#version}`).join("\n");
    const rows = clusteredVectors(passagesPerDocument, dimensions, this.#random);
    const vectors = Float32Array.from(rows.flatMap((row) => [...row]));
    const finished = { vectors, dimensions, embedderId };
    const { id } = await addReady(this.#store.documents, this.#knowledgeBaseId, text, { finished });
    this.documents += 1;
    this.#ids.push(id);
    if (this.#random() > 0.3) return;
    const [gone] = this.#ids.splice(Math.floor(this.#random() * this.#ids.length), 1);
    if (gone !== undefined) await this.#store.documents.deleteDocument(this.#knowledgeBaseId, gone, testCall);
  }

  /** From now on the time counts until a search is answered that began later. A further fault begins it anew. */
  markFault(): void {
    this.#faultMs = performance.now();
  }

  /** Repeats a retryable failure as a caller would, then judges the answer. */
  async search(): Promise<void> {
    const [query] = clusteredVectors(1, dimensions, this.#random);
    if (query === undefined) return;
    const startMs = performance.now();
    for (let attempt = 1; ; attempt++) {
      const attemptMs = performance.now();
      try {
        const { hits, appliedSequence } = await this.#followed.search(this.#knowledgeBaseId, query, { limit }, call);
        const endMs = performance.now();
        if (attemptMs > this.#faultMs) {
          this.outageMsMax = Math.max(this.outageMsMax, endMs - this.#faultMs);
          this.#faultMs = Number.POSITIVE_INFINITY;
        }
        this.answerMsMax = Math.max(this.answerMsMax, endMs - startMs);
        this.answers += 1;
        await this.#judge(query, hits, appliedSequence);
        return;
      } catch (thrown) {
        const code = LarderError.is(thrown) ? thrown.code : String(thrown);
        this.failures.set(code, (this.failures.get(code) ?? 0) + 1);
        if (!LarderError.is(thrown) || !thrown.retryable || attempt === attemptsMax) {
          this.violations.push(`a search failed by ${code} at attempt ${attempt}`);
          return;
        }
      }
    }
  }

  async #judge(
    query: Float32Array,
    hits: readonly { label: number; score: number }[],
    sequence: number,
  ): Promise<void> {
    await this.#follow();
    if (this.#model.appliedSequence !== sequence) return; // a commit came between: there is nothing to compare with
    this.compared += 1;
    const ranked = this.#model.rank(query);
    const scores = new Map<number, number>(ranked.map(({ label, score }) => [label, score]));
    const least = (ranked[limit - 1]?.score ?? -1) - 1e-5;
    const isTrue = hits.every(({ label, score }) => Math.abs((scores.get(label) ?? Number.NaN) - score) < 1e-4);
    const found = hits.filter(({ label }) => (scores.get(label) ?? -2) >= least).length;
    const wanted = Math.min(limit, ranked.length);
    if (hits.length !== wanted || !isTrue || found < wanted - 1) {
      // a graph may miss one
      this.violations.push(`operation ${sequence}: ${found} of ${wanted} nearest, scores ${isTrue ? "true" : "wrong"}`);
    }
  }

  async #follow(): Promise<void> {
    for (;;) {
      const after = this.#model.appliedSequence;
      const operations = await this.#store.operationLog.readAfter(this.#knowledgeBaseId, after, 1_000);
      if (operations.length === 0) return;
      this.#model.apply(operations);
    }
  }
}
