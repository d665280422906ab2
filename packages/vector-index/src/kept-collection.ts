import { setTimeout as delay } from "node:timers/promises";
import type {
  Call,
  IndexOperation,
  VectorAuditRequest,
  VectorCollectionStatus,
  VectorIndexAudit,
  VectorSearchResult,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { CheckpointIdentity } from "./checkpoint.ts";
import { readCheckpoint, readSequence, writeCheckpoint } from "./checkpoint.ts";
import { CheckpointDamage } from "./checkpoint-damage.ts";
import { Collection } from "./collection.ts";
import { CollectionAudit } from "./collection-audit.ts";
import type { Generations } from "./generations.ts";
import { generationsKept } from "./generations.ts";
import type { Rows } from "./hosts/index-frames.ts";
import type { LabelList } from "./label-list.ts";
import { WriterQueue } from "./writer-queue.ts";

export interface CheckpointPolicy {
  /** A checkpoint follows at the latest after this many operations, or a fifth of the vectors if that is more. */
  readonly checkpointOperations: number;
  /** A checkpoint follows when nothing was applied for this long. */
  readonly checkpointIdleMs: number;
}

const sliceMs = 8; // longest that building a graph holds up a search, besides the search's own time
const patientSliceMs = 2; // of choosing ef, which nobody waits for, while searches come
const patientRestMs = 12;
const searchesComeMs = 100; // since the last one
const checkpointTimeShareMax = 0.05; // checkpoints of a large collection take seconds; they wait in between
const checkpointCountShare = 0.2; // so that filling a collection writes it a bounded number of times over

/**
 * A collection with its generations on disk. Everything that changes it, saving included, runs in one queue; searches
 * run at any time. Building goes on in slices between them.
 */
export class KeptCollection {
  readonly #collection: Collection;
  readonly #generations: Generations;
  readonly #identity: CheckpointIdentity;
  readonly #policy: CheckpointPolicy;
  readonly #queue = new WriterQueue();
  /** The last operation of each checkpoint that is kept, the oldest first. */
  #keptSequences: readonly number[];
  #changes = 0; // operations since the last checkpoint
  #savedRevision: number | undefined; // of the graph that the newest checkpoint has
  #idleTimer: NodeJS.Timeout | undefined;
  #isDue = false;
  #nextCheckpointMs = 0;
  #isWorking = false;
  #searchedMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  /** Why the last checkpoint failed, for health; gone when one succeeds. */
  checkpointFailure: string | undefined;

  private constructor(
    collection: Collection,
    generations: Generations,
    identity: CheckpointIdentity,
    policy: CheckpointPolicy,
    keptSequences: readonly number[],
  ) {
    this.#keptSequences = keptSequences;
    this.#collection = collection;
    this.#generations = generations;
    this.#identity = identity;
    this.#policy = policy;
    this.#savedRevision = collection.graphRevision;
    this.#workOn();
  }

  /** Comes back from the newest good checkpoint, or empty. */
  static async open(
    generations: Generations,
    identity: CheckpointIdentity,
    policy: CheckpointPolicy,
  ): Promise<KeptCollection> {
    const restored = await generations.openNewest(async (generation) => {
      const collection = new Collection(identity);
      await readCheckpoint(generation, collection, identity);
      return collection;
    });
    const kept = await generations.readAll((folder) => readSequence(folder, identity));
    return new KeptCollection(restored ?? new Collection(identity), generations, identity, policy, kept);
  }

  async apply(operations: readonly IndexOperation[], after: number, call: Call): Promise<void> {
    await this.#queue.run(() => {
      call.signal.throwIfAborted();
      if (this.#isClosed) throw new LarderError("INDEX_UNAVAILABLE");
      const before = this.#collection.appliedSequence;
      this.#collection.apply(operations, after);
      if (this.#collection.appliedSequence > before) this.#noteChanges(operations.length);
    });
    this.#workOn();
  }

  search(vector: Float32Array, limit: number, allowed: LabelList | undefined): VectorSearchResult {
    const result = this.#collection.search(vector, limit, allowed);
    this.#searchedMs = performance.now();
    this.#workOn(); // enough questions to choose ef by
    return result;
  }

  /** Vectors in the order of their rows; fewer at the end. */
  rows(first: number, count: number): Rows {
    return this.#collection.matrix.rows(first, count);
  }

  get recallProblem(): string | undefined {
    return this.#collection.recallProblem;
  }

  /** Of vectors and graph, about. */
  get bytes(): number {
    return this.#collection.bytes;
  }

  async audit(request: VectorAuditRequest, call: Call): Promise<VectorIndexAudit> {
    const audit = new CollectionAudit(this.#collection, request);
    while (audit.result === undefined) {
      await this.#queue.run(() => {
        call.signal.throwIfAborted();
        if (this.#isClosed) throw new LarderError("INDEX_UNAVAILABLE");
        audit.work(sliceMs);
      });
      await new Promise((resolve) => setImmediate(resolve)); // as in #work
    }
    return audit.result;
  }

  status(): VectorCollectionStatus {
    return { ...this.#collection.status(), durableSequence: this.#keptSequences[0] ?? 0 };
  }

  async checkpoint(call: Call): Promise<void> {
    await this.#queue.run(async () => {
      call.signal.throwIfAborted();
      if (this.#isClosed) throw new LarderError("INDEX_UNAVAILABLE");
      await this.#save();
    });
  }

  async drop(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idleTimer);
    await this.#queue.run(() => this.#generations.drop());
  }

  /** Saves what is not saved yet. Never throws: what is lost is replayed from the log. */
  async close(): Promise<void> {
    clearTimeout(this.#idleTimer);
    await this.#queue.run(async () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      await this.#save().catch(() => undefined); // noted in checkpointFailure
    });
  }

  async #save(): Promise<void> {
    clearTimeout(this.#idleTimer);
    this.#isDue = false;
    const { graphRevision } = this.#collection;
    if (this.#changes === 0 && !this.#isGraphUnsaved()) return;
    const startMs = performance.now();
    try {
      await this.#generations.add((folder) => writeCheckpoint(folder, this.#collection, this.#identity));
      this.#keptSequences = [...this.#keptSequences, this.#collection.appliedSequence].slice(-generationsKept);
      this.#changes = 0;
      this.#savedRevision = graphRevision;
      this.checkpointFailure = undefined;
    } catch (thrown) {
      const code = describeFailure(thrown);
      this.checkpointFailure = code;
      throw new LarderError(code === "ENOSPC" ? "STORE_FULL" : "INDEX_UNAVAILABLE", { cause: thrown });
    } finally {
      const endMs = performance.now();
      this.#nextCheckpointMs = endMs + (endMs - startMs) / checkpointTimeShareMax;
      // Tried again later, also when nothing is applied any more and whoever asked for it does not come back.
      if (this.checkpointFailure !== undefined && !this.#isClosed) this.#saveIn(this.#policy.checkpointIdleMs);
    }
  }

  #noteChanges(count: number): void {
    this.#changes += count;
    const { checkpointOperations, checkpointIdleMs } = this.#policy;
    const share = this.#collection.matrix.count * checkpointCountShare;
    if (this.#isDue) return; // a stream of changes must not put off for ever what each of them makes due
    this.#isDue = this.#changes >= Math.max(checkpointOperations, share);
    this.#saveIn(this.#isDue ? 0 : checkpointIdleMs);
  }

  #saveIn(delayMs: number): void {
    clearTimeout(this.#idleTimer);
    const waitMs = Math.max(delayMs, this.#nextCheckpointMs - performance.now());
    this.#idleTimer = setTimeout(() => {
      void this.#queue.run(() => (this.#isClosed ? undefined : this.#save())).catch(() => undefined); // noted in checkpointFailure
    }, waitMs);
    this.#idleTimer.unref();
  }

  /** Starts the loop that builds graphs, unless it runs. */
  #workOn(): void {
    if (this.#isWorking || !this.#collection.hasWork) return;
    this.#isWorking = true;
    void this.#work();
  }

  async #work(): Promise<void> {
    while (!this.#isClosed && this.#collection.hasWork) {
      const isPatient = !this.#collection.isBehind && performance.now() - this.#searchedMs < searchesComeMs;
      const forMs = isPatient ? patientSliceMs : sliceMs;
      await this.#queue.run(() => (this.#isClosed ? undefined : this.#collection.work(forMs)));
      if (isPatient) await delay(patientRestMs, undefined, { ref: false });
      else await new Promise((resolve) => setImmediate(resolve)); // requests that came in meanwhile are answered first
    }
    this.#isWorking = false;
    if (this.#isGraphUnsaved() && !this.#isClosed) this.#noteChanges(0);
  }

  /** A graph that failed is not unsaved: the one that was saved may be good, and is tried by the next start. */
  #isGraphUnsaved(): boolean {
    const { graphRevision } = this.#collection;
    return graphRevision !== undefined && graphRevision !== this.#savedRevision;
  }
}

function describeFailure(thrown: unknown): string {
  if (thrown instanceof CheckpointDamage) return thrown.message;
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "damaged as it was written";
}
