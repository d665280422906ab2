import type {
  Call,
  VectorAuditRequest,
  VectorCollectionId,
  VectorCollectionStatus,
  VectorIndexAudit,
  VectorSearchOptions,
  VectorSearchResult,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { PackedOperations } from "../packed-operations.ts";
import { WriterQueue } from "../writer-queue.ts";
import { mergeAudits } from "./audit-frames.ts";
import {
  isLevel,
  mergeResults,
  mergeStatuses,
  operationsOfPart,
  partId,
  rowsAsOperations,
} from "./collection-parts.ts";
import type { HostPool } from "./host-pool.ts";
import type { IndexHost } from "./index-host.ts";

/** One index on one host: a whole collection, or a part of one. */
interface Part {
  readonly id: VectorCollectionId;
  readonly host: IndexHost;
}

export interface DividingPolicy {
  readonly dimensions: number;
  /** A collection with more vectors is divided over all hosts. */
  readonly wholeVectorsMax: number;
}

const bytesPerPage = 8 * 2 ** 20; // of rows that are copied at once
const divideAgainMsMin = 250;
const divideAgainMsMax = 600_000;
const divisionFailuresUntold = 3; // more of them are worth a line of health
const unbounded: Call = { signal: new AbortController().signal };

/**
 * Where a collection is, and how to ask it there. What changes it runs in one queue, so that every part is given the same
 * operations in the same order.
 */
export class PlacedCollection {
  readonly id: VectorCollectionId;
  readonly #pool: HostPool;
  readonly #policy: DividingPolicy;
  readonly #queue = new WriterQueue();
  #parts: readonly Part[];
  #inUse = 0;
  #usedMs = performance.now();
  #isDividing = false;
  #divisionFailures = 0;
  #divideNextMs = 0;
  /** Why it could not be divided again and again, for health. It goes on as a whole. */
  divisionFailure: string | undefined;

  private constructor(id: VectorCollectionId, parts: readonly Part[], pool: HostPool, policy: DividingPolicy) {
    this.id = id;
    this.#parts = parts;
    this.#pool = pool;
    this.#policy = policy;
  }

  /** `of`: into how many parts it is divided. */
  static async place(
    id: VectorCollectionId,
    of: number,
    pool: HostPool,
    policy: DividingPolicy,
    call: Call,
  ): Promise<PlacedCollection> {
    const parts = of === 1 ? [{ id, host: await pool.roomiest(call) }] : await partsOf(id, of, pool, call);
    return new PlacedCollection(id, parts, pool, policy);
  }

  /** Milliseconds since it was asked anything; 0 while it is. */
  get idleMs(): number {
    return this.#inUse > 0 ? 0 : performance.now() - this.#usedMs;
  }

  search(vector: Float32Array, options: VectorSearchOptions, call: Call): Promise<VectorSearchResult> {
    return this.#using(async () => {
      const found = await this.#searchParts(vector, options, call);
      const [whole] = found;
      if (whole !== undefined && found.length === 1) return whole;
      // Parts at different sequences may show neither the old nor the new of what was replaced between them.
      if (isLevel(found)) return mergeResults(found, options.limit);
      const settled = await this.#queue.run(() => this.#searchParts(vector, options, call));
      return mergeResults(settled, options.limit);
    });
  }

  apply(operations: PackedOperations, after: number, call: Call): Promise<void> {
    return this.#using(async () => {
      const count = await this.#queue.run(() => this.#applyNow(operations, after, call));
      if (count > this.#policy.wholeVectorsMax) this.#divideSoon();
    });
  }

  status(call: Call): Promise<VectorCollectionStatus> {
    return this.#using(async () =>
      mergeStatuses(await Promise.all(this.#parts.map(({ id, host }) => host.askTwice("status", { id }, call)))),
    );
  }

  /** Each part is given its own samples and an even share of the queries. */
  audit({ samples, queries }: VectorAuditRequest, call: Call): Promise<VectorIndexAudit> {
    return this.#using(async () => {
      const of = this.#parts.length;
      const audits = this.#parts.map(({ id, host }, part) => {
        const own = of === 1 ? samples : samples.filter(({ label }) => label % of === part);
        return host.audit({ id, samples: own, queries: Math.ceil(queries / of) }, call);
      });
      return mergeAudits(await Promise.all(audits));
    });
  }

  checkpoint(call: Call): Promise<void> {
    return this.#using(() => this.#queue.run(() => this.#ofAll("checkpoint", call)));
  }

  drop(call: Call): Promise<void> {
    return this.#using(() =>
      this.#queue.run(async () => {
        const [first] = this.#parts;
        // A whole one may have been left behind when it was divided.
        if (first !== undefined && first.id !== this.id) await first.host.ask("drop", { id: this.id }, call);
        await this.#ofAll("drop", call);
      }),
    );
  }

  /** Saves what is not saved and gives the memory back. */
  unload(call: Call): Promise<void> {
    return this.#queue.run(() => this.#ofAll("unload", call));
  }

  async #using<T>(work: () => Promise<T>): Promise<T> {
    this.#inUse += 1;
    try {
      return await work();
    } finally {
      this.#inUse -= 1;
      this.#usedMs = performance.now();
    }
  }

  /** Settles when no part is at it any more. */
  async #ofAll(method: "checkpoint" | "drop" | "unload", call: Call): Promise<void> {
    const asked = this.#parts.map(({ id, host }) => host.ask(method, { id }, call));
    await Promise.allSettled(asked);
    await Promise.all(asked);
  }

  async #searchParts(
    vector: Float32Array,
    { limit, allowed }: VectorSearchOptions,
    call: Call,
  ): Promise<readonly VectorSearchResult[]> {
    const labels = allowed && Uint32Array.from(allowed);
    const search = ({ id, host }: Part): Promise<VectorSearchResult> =>
      host.search({ id, vector, limit, allowed: labels }, call);
    const [first] = this.#parts;
    return first !== undefined && this.#parts.length === 1
      ? [await search(first)]
      : Promise.all(this.#parts.map(search));
  }

  async #applyNow(operations: PackedOperations, after: number, call: Call): Promise<number> {
    const counts = await applyToParts(this.#parts, operations, after, this.#policy.dimensions, call);
    return this.#parts.length === 1 ? (counts[0] ?? 0) : 0; // what is divided is not divided again
  }

  #divideSoon(): void {
    const isPossible = this.#parts.length === 1 && this.#pool.hostsMax > 1;
    if (this.#isDividing || !isPossible || performance.now() < this.#divideNextMs) return;
    this.#isDividing = true;
    void this.#using(() => this.#queue.run(() => this.#divide()))
      .then(() => {
        this.divisionFailure = undefined;
      })
      .catch((thrown: unknown) => this.#noteDivisionFailure(thrown))
      .finally(() => {
        this.#isDividing = false;
      });
  }

  /** It is tried again, each time later: a host that was killed under it says nothing against the next attempt. */
  #noteDivisionFailure(thrown: unknown): void {
    this.#divisionFailures += 1;
    this.#divideNextMs = performance.now() + Math.min(divideAgainMsMax, divideAgainMsMin * 2 ** this.#divisionFailures);
    if (this.#divisionFailures < divisionFailuresUntold) return;
    this.divisionFailure = thrown instanceof Error ? thrown.message : String(thrown);
  }

  /**
   * Copies the vectors to parts on all hosts while the whole one answers, then takes the parts. Changes wait meanwhile,
   * about a second for a quarter of a million vectors. Until the whole one is dropped, which is the last step, a start
   * finds it and removes the parts.
   */
  async #divide(): Promise<void> {
    const [whole] = this.#parts;
    if (whole === undefined || this.#parts.length > 1) return;
    // Parts save themselves while they fill. Were there no whole one on disk, a start would take them for finished.
    await whole.host.ask("checkpoint", { id: whole.id }, unbounded);
    const parts = await partsOf(this.id, this.#pool.hostsMax, this.#pool, unbounded);
    const forParts = (method: "drop" | "checkpoint"): Promise<unknown> =>
      Promise.all(parts.map(({ id, host }) => host.ask(method, { id }, unbounded)));
    await forParts("drop"); // what an attempt before may have left
    try {
      await this.#copy(whole, parts);
      await forParts("checkpoint");
    } catch (thrown) {
      await forParts("drop").catch(() => undefined);
      throw thrown;
    }
    this.#parts = parts;
    // Should it be left behind, it is taken up again by the next start and replayed: that is right, if no use.
    await whole.host.askTwice("drop", { id: whole.id }, unbounded).catch(() => undefined);
  }

  async #copy(whole: Part, parts: readonly Part[]): Promise<void> {
    const { count, appliedSequence } = await whole.host.askTwice("status", { id: whole.id }, unbounded);
    // Every vector came by an operation of its own, so there are as many sequences up to the last as there are vectors.
    let after = 0;
    const { dimensions } = this.#policy;
    const rowsPerPage = Math.max(1, Math.floor(bytesPerPage / (4 * dimensions)));
    for (let first = 0; first < count; first += rowsPerPage) {
      const rows = await whole.host.rows({ id: whole.id, first, count: rowsPerPage }, unbounded);
      const upTo = appliedSequence - count + first + rows.labels.length;
      await applyToParts(parts, rowsAsOperations(rows, upTo), after, dimensions, unbounded);
      after = upTo;
    }
    // A host that was started again meanwhile came back from its checkpoint: the rows may be of two states.
    const atTheEnd = await whole.host.askTwice("status", { id: whole.id }, unbounded);
    if (after !== appliedSequence || atTheEnd.appliedSequence !== appliedSequence) {
      throw new LarderError("INDEX_UNAVAILABLE", { cause: "the whole one has changed" });
    }
  }
}

async function partsOf(id: VectorCollectionId, of: number, pool: HostPool, call: Call): Promise<readonly Part[]> {
  const numbers = Array.from({ length: of }, (_, part) => part);
  return Promise.all(
    numbers.map(async (part) => ({ id: partId(id, part, of), host: await pool.host(part % pool.hostsMax, call) })),
  );
}

async function applyToParts(
  parts: readonly Part[],
  operations: PackedOperations,
  after: number,
  dimensions: number,
  call: Call,
): Promise<readonly number[]> {
  return Promise.all(
    parts.map(({ id, host }, part) => {
      const own = parts.length === 1 ? operations : operationsOfPart(operations, part, parts.length, dimensions);
      return host.apply({ id, after, operations: own }, call);
    }),
  );
}
