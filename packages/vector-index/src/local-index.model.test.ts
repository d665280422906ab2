import { join } from "node:path";
import type { IndexOperation } from "@larder/contracts";
import { addOf, asLabel, clusteredVectors, deleteOf, seededRandom, VectorModel } from "@larder/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import { libraries } from "../test/graph-libraries.ts";
import { call, embedderId, kb, temporaryFolder } from "../test/temporary-index.ts";
import type { GraphLibrary } from "./graphs/vector-graph.ts";
import type { LocalIndex } from "./local-index.ts";
import { openLocalIndex } from "./local-index.ts";

const dimensions = 8;
const vectors = clusteredVectors(64, dimensions, seededRandom(11));
const vectorAt = (i: number): Float32Array => vectors[i % vectors.length] ?? new Float32Array(dimensions);

/** What stands for the database. */
class Truth {
  readonly model = new VectorModel();
  readonly log: IndexOperation[] = [];

  append(make: (sequence: number) => IndexOperation): void {
    const operation = make(this.log.length + 1);
    this.log.push(operation);
    this.model.apply([operation]);
  }
}

class System {
  readonly #folder: string;
  readonly #library: GraphLibrary;
  #index: LocalIndex;

  constructor(folder: string, library: GraphLibrary) {
    this.#folder = folder;
    this.#library = library;
    this.#index = this.#open();
  }

  #open(): LocalIndex {
    // Twelve vectors make a graph, so that it comes, goes and is rebuilt; timers never save by themselves.
    const never = { checkpointIdleMs: 2 ** 30, checkpointOperations: 2 ** 30 };
    const options = { folder: this.#folder, dimensions, embedderId, exactVectorsMax: 12, ...never };
    return openLocalIndex(options, this.#library);
  }

  async applyMissing(truth: Truth): Promise<void> {
    const { appliedSequence } = await this.#index.status(kb, call);
    const after = Math.max(0, appliedSequence - 2); // some of it twice
    await this.#index.apply(kb, truth.log.slice(after), { after }, call);
  }

  async expectSame(truth: Truth, query: Float32Array, limit: number, allowed?: ReadonlySet<number>): Promise<void> {
    await this.applyMissing(truth);
    const among = allowed && new Set([...allowed].map(asLabel));
    const options = among === undefined ? { limit } : { limit, allowed: among };
    const result = await this.#index.search(kb, query, options, call);
    const wanted = truth.model.rank(query, allowed).slice(0, limit);
    expect(result.appliedSequence).toBe(truth.log.length);
    expect(result.hits.map((hit) => hit.score)).toEqual(wanted.map((hit) => expect.closeTo(hit.score, 5)));
    for (const hit of result.hits) expect(truth.model.vectors.has(hit.label)).toBe(true);
  }

  checkpoint(): Promise<void> {
    return this.#index.checkpoint(kb, call);
  }

  async reopen(): Promise<void> {
    await this.close();
    this.#index = this.#open();
  }

  /** The old one is left as it is, as a process that was killed leaves it. */
  crash(): void {
    this.#index = this.#open();
  }

  drop(): Promise<void> {
    return this.#index.drop(kb, call);
  }

  async close(): Promise<void> {
    await this.#index[Symbol.asyncDispose]();
  }
}

type Command = fc.AsyncCommand<Truth, System>;
const command = (name: string, run: (truth: Truth, system: System) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

const label = fc.integer({ min: 1, max: 40 });
const at = fc.nat({ max: 63 });
const commands = [
  fc.array(fc.tuple(label, at), { minLength: 1, maxLength: 30 }).map((pairs) =>
    command(`add ${JSON.stringify(pairs)}`, async (truth, system) => {
      for (const [own, i] of pairs) truth.append((sequence) => addOf(sequence, own, vectorAt(i)));
      await system.applyMissing(truth);
    }),
  ),
  fc.array(label, { minLength: 1, maxLength: 20 }).map((labels) =>
    command(`delete ${labels}`, async (truth, system) => {
      for (const own of labels) truth.append((sequence) => deleteOf(sequence, own));
      await system.applyMissing(truth);
    }),
  ),
  fc
    .tuple(at, fc.integer({ min: 1, max: 45 }))
    .map(([i, limit]) =>
      command(`search ${i} for ${limit}`, (truth, system) => system.expectSame(truth, vectorAt(i), limit)),
    ),
  fc
    .tuple(at, fc.array(label))
    .map(([i, labels]) =>
      command(`search ${i} among ${labels}`, (truth, system) =>
        system.expectSame(truth, vectorAt(i), 5, new Set(labels)),
      ),
    ),
  fc.constant(command("checkpoint", (_, system) => system.checkpoint())),
  fc.constant(command("reopen", (_, system) => system.reopen())),
  fc.constant(command("crash", async (_, system) => system.crash())),
  fc.constant(command("drop", (_, system) => system.drop())),
];

it.each(libraries)(
  "answers like the model after any series of changes, checkpoints, crashes and drops, $name",
  {
    timeout: 60_000,
  },
  async (library) => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 40 }), async (series) => {
        await using folder = await temporaryFolder();
        const system = new System(join(folder.path, "vectors"), library);
        const truth = new Truth();
        await fc.asyncModelRun(() => ({ model: truth, real: system }), series);
        await system.expectSame(truth, vectorAt(0), 45);
        await system.close();
      }),
      { numRuns: 60 },
    );
  },
);
