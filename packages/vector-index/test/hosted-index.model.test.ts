import { join } from "node:path";
import { addOf, clusteredVectors, deleteOf, killHost, seededRandom } from "@larder/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { HostedIndex } from "../src/index.ts";
import { openVectorIndex } from "../src/index.ts";
import { FollowedTruth } from "./followed-truth.ts";
import { call, embedderId, kb, temporaryFolder } from "./temporary-index.ts";

/** More of it: LARDER_MODEL_RUNS=200 npx vitest run --project slow packages/vector-index/test/hosted-index.model.test.ts */
const runs = Number(process.env.LARDER_MODEL_RUNS ?? 8);
const dimensions = 8;
const vectors = clusteredVectors(128, dimensions, seededRandom(12));
const vectorAt = (i: number): Float32Array => vectors[i % vectors.length] ?? new Float32Array(dimensions);

/** A hosted index that is opened again, and what follows the truth through it. */
class System {
  readonly #folder: string;
  index: HostedIndex;
  truth: FollowedTruth;

  private constructor(folder: string, index: HostedIndex) {
    this.#folder = folder;
    this.index = index;
    this.truth = new FollowedTruth(index);
  }

  static async open(folder: string): Promise<System> {
    return new System(folder, await openHosted(folder));
  }

  async reopen(): Promise<void> {
    await this.index.close();
    this.index = await openHosted(this.#folder);
    this.truth = this.truth.over(this.index);
  }

  /** Every process at once; what they had not saved is gone. */
  crash(): void {
    for (const pid of this.index.pids) killHost({ pid });
  }

  async unloaded(): Promise<void> {
    await expect.poll(() => this.index.health().detail, { timeout: 10_000 }).toMatch(/; 0 open|starting/);
  }
}

/** Twelve vectors make a graph and forty a division; what nobody asks for is unloaded after a tenth of a second. */
function openHosted(folder: string): Promise<HostedIndex> {
  const small = { exactVectorsMax: 12, wholeVectorsMax: 40, hostsMax: 2, idleMs: 100 };
  const never = { checkpointIdleMs: 2 ** 30, checkpointOperations: 2 ** 30 };
  return openVectorIndex({ folder, dimensions, embedderId, ...small, ...never }, call);
}

type Command = fc.AsyncCommand<object, System>;
const command = (name: string, run: (system: System) => Promise<unknown>): Command => ({
  check: () => true,
  run: async (_, system) => void (await run(system)),
  toString: () => name,
});

const label = fc.integer({ min: 1, max: 90 });
const at = fc.nat({ max: 127 });
const commands = [
  fc.array(fc.tuple(label, at), { minLength: 1, maxLength: 60 }).map((pairs) =>
    command(`add ${JSON.stringify(pairs)}`, async ({ truth }) => {
      for (const [own, i] of pairs) truth.append((sequence) => addOf(sequence, own, vectorAt(i)));
      await truth.expectSame(vectorAt(0), 3);
    }),
  ),
  fc.array(label, { minLength: 1, maxLength: 20 }).map((labels) =>
    command(`delete ${labels}`, async ({ truth }) => {
      for (const own of labels) truth.append((sequence) => deleteOf(sequence, own));
    }),
  ),
  fc
    .tuple(at, fc.integer({ min: 1, max: 95 }))
    .map(([i, limit]) => command(`search ${i} for ${limit}`, ({ truth }) => truth.expectSame(vectorAt(i), limit))),
  fc
    .tuple(at, fc.array(label))
    .map(([i, labels]) =>
      command(`search ${i} among ${labels}`, ({ truth }) => truth.expectSame(vectorAt(i), 5, new Set(labels))),
    ),
  fc.constant(command("checkpoint", ({ index }) => index.checkpoint(kb, call).catch(expectRetryable))),
  fc.constant(command("restart", (system) => system.reopen())),
  fc.constant(command("crash", async (system) => system.crash())),
  fc.constant(command("unload", (system) => system.unloaded())),
  fc.constant(command("drop", ({ index }) => index.drop(kb, call).catch(expectRetryable))),
];

function expectRetryable(thrown: unknown): void {
  expect(thrown).toMatchObject({ retryable: true }); // a crash before it
}

it("answers like the model after any series of changes, checkpoints, restarts, crashes, unloads and drops", async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 25 }), async (series) => {
      await using folder = await temporaryFolder();
      const system = await System.open(join(folder.path, "vectors"));
      try {
        await fc.asyncModelRun(() => ({ model: {}, real: system }), series);
        await system.truth.expectSame(vectorAt(1), 95);
      } finally {
        await system.index.close();
      }
    }),
    { numRuns: runs, endOnFailure: true },
  );
});
