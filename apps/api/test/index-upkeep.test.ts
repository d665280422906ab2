import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DocumentId, EmbedderId, IndexOperation, KnowledgeBaseId } from "@larder/contracts";
import { openSqliteStore } from "@larder/store";
import {
  addReady,
  testCall as call,
  createCountingIds,
  createKnowledgeBaseIn,
  finishedOf,
  realClock,
  seededRandom,
} from "@larder/testkit";
import { createGenerationSearcher, openVectorIndex } from "@larder/vector-index";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { IndexUpkeep } from "../src/index-upkeep/index-upkeep.ts";
import { createIndexUpkeep } from "../src/index-upkeep/index-upkeep.ts";

const embedderId = "embedder@1" as EmbedderId; // of the fixtures
const dimensions = 16;
const random = seededRandom(8);

let folder: string;
let parts: Awaited<ReturnType<typeof open>>;
let kb: KnowledgeBaseId;

/** Real SQLite, a real index in its processes, and what looks after it; nothing runs by itself. */
async function open() {
  const ids = createCountingIds(`u${Math.floor(random() * 1e9)}`);
  const store = await openSqliteStore({ file: join(folder, "larder.sqlite"), clock: realClock, ids });
  const index = await openVectorIndex(
    { folder: join(folder, "index"), dimensions, embedderId, checkpointIdleMs: 3_600_000 },
    call,
  );
  const vectors = createGenerationSearcher({
    ...{ index, embedderId, log: store.operationLog, collections: store.collections },
    openIndex: async () => expect.unreachable(),
  });
  const upkeep: IndexUpkeep = createIndexUpkeep({
    ...{ vectors, sampler: store.vectorSampler, pruning: store.logPruning },
    ...{ auditEveryMs: 0, logDeletesMax: 0 },
  });
  return {
    ...{ store, index, vectors, upkeep },
    async close() {
      await upkeep[Symbol.asyncDispose]();
      await vectors[Symbol.asyncDispose]();
      await index.close();
      await store.close();
    },
  };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-upkeep-"));
  parts = await open();
  kb = await createKnowledgeBaseIn(parts.store.documents);
});
afterEach(async () => {
  await parts.close();
  await rm(folder, { recursive: true, force: true });
});

async function add(passages: number): Promise<DocumentId> {
  const text = Array.from({ length: passages }, () => `line ${random()}`).join("\n");
  const vectors = Float32Array.from({ length: passages * dimensions }, () => random() - 0.5);
  for (let row = 0; row < passages; row++) {
    const one = vectors.subarray(row * dimensions, (row + 1) * dimensions);
    const length = Math.hypot(...one);
    for (const [i, value] of one.entries()) one[i] = value / length;
  }
  const finished = { ...finishedOf(text), vectors, dimensions, embedderId };
  return (await addReady(parts.store.documents, kb, text, { finished })).id;
}

const remove = (document: DocumentId) => parts.store.documents.deleteDocument(kb, document, call);
const query = Float32Array.from({ length: dimensions }, () => random() - 0.5);

async function found(): Promise<readonly number[]> {
  const { hits } = await parts.vectors.search(kb, query, { limit: 1_000 }, call);
  return hits.map(({ label }) => label).sort((a, b) => a - b);
}

async function live(): Promise<readonly number[]> {
  const labels = await parts.store.documents.labelsMatching(kb, { kind: "and", filters: [] }, call);
  return [...labels].sort((a, b) => a - b);
}

const operations = () => parts.store.operationLog.readAfter(kb, 0, 10_000);
const deletesIn = (log: readonly IndexOperation[]) => log.filter(({ kind }) => kind === "delete").length;

/** Two checkpoints, so that none is left from before. */
async function checkpointTwice(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await add(1);
    await found();
    await parts.index.checkpoint(kb, call);
  }
}

it("prunes the log as far as the older checkpoint goes, so that an index that is killed has nothing to make anew", async () => {
  const gone = await add(40);
  await add(10);
  await found();
  await remove(gone);
  await checkpointTwice();
  await remove(await add(5)); // no checkpoint has seen it
  expect(await parts.upkeep.prune(call)).toBe(80);
  expect(deletesIn(await operations())).toBe(5);
  for (const pid of parts.index.pids) process.kill(pid, "SIGKILL"); // between pruning and applying
  const { appliedSequence } = await parts.index.status(kb, call);
  expect(appliedSequence).toBeGreaterThanOrEqual(await parts.store.operationLog.prunedThrough(kb));
  expect(await found()).toEqual(await live());
  expect(await found()).toHaveLength(12);
});

it("prunes nothing that only a checkpoint to come would make useless", async () => {
  const gone = await add(40);
  await found();
  await parts.index.checkpoint(kb, call);
  await remove(gone);
  await add(1);
  expect(await parts.upkeep.prune(call)).toBe(0);
  expect(await parts.upkeep.prune(call)).toBe(0); // the older of two checkpoints is from before
  await checkpointTwice();
  await remove(await add(1)); // counts anew
  expect(await parts.upkeep.prune(call)).toBe(80);
});

it("makes an index anew that comes back from before what was pruned, as from a copy of its files", async () => {
  const gone = await add(30);
  await add(10);
  await found();
  await parts.index.checkpoint(kb, call);
  await cp(join(folder, "index"), join(folder, "copy"), { recursive: true });
  await remove(gone);
  await checkpointTwice();
  expect(await parts.upkeep.prune(call)).toBe(60);
  await parts.close();
  await rm(join(folder, "index"), { recursive: true });
  await cp(join(folder, "copy"), join(folder, "index"), { recursive: true });
  parts = await open();
  expect((await parts.index.status(kb, call)).count).toBe(40); // thirty of them are gone for ever
  expect(await found()).toEqual(await live());
  expect(await found()).toHaveLength(12);
});

it("builds an index from nothing out of a pruned log", async () => {
  await remove(await add(30));
  await add(10);
  await found();
  await checkpointTwice();
  await parts.upkeep.prune(call);
  await parts.close();
  await rm(join(folder, "index"), { recursive: true });
  parts = await open();
  expect(await found()).toEqual(await live());
});

it("finds an index sound that is, also one that was not in memory, which it lets go again", async () => {
  await add(200);
  expect(await parts.upkeep.audit(call)).toMatchObject([
    { knowledgeBaseId: kb, outcome: "sound", vectors: 200, recall: 1, problems: [] },
  ]);
  expect(parts.index.isHeld(kb)).toBe(false);
  await found();
  await parts.upkeep.audit(call);
  expect(parts.index.isHeld(kb)).toBe(true);
  expect(parts.upkeep.counts).toEqual({ sound: 2, damaged: 0, unsettled: 0, unavailable: 0 });
  expect(parts.upkeep.health()).toBeUndefined();
});

it.each([
  {
    what: "lacks vectors",
    damage: (log: readonly IndexOperation[]) => log.slice(100),
    problem: /^100 vectors in place of 200; \d+ of \d+ samples missing$/,
  },
  {
    what: "has others in their place",
    damage: (log: readonly IndexOperation[]) =>
      log.map((one, i) => (one.kind === "add" ? { ...one, vector: vectorOf(log, (i + 1) % log.length) } : one)),
    problem: /^\d+ of \d+ samples differ$/,
  },
])("notices an index that $what, says so, and makes it anew while searches are right", async ({ damage, problem }) => {
  await add(200);
  const log = await operations();
  await parts.index.apply(kb, damage(log), { after: 0 }, call);
  const told: string[] = [];
  parts.upkeep.onReport(({ outcome }) => told.push(outcome));
  const [report] = await parts.upkeep.audit(call);
  expect(report).toMatchObject({ outcome: "damaged", problems: expect.anything() });
  expect(report?.problems.join("; ")).toMatch(problem);
  expect(parts.upkeep.health()).toMatchObject({ state: "degraded", detail: expect.stringContaining("made anew") });
  expect(await found()).toEqual(await live());
  await parts.upkeep.settled();
  expect(parts.upkeep.health()).toBeUndefined();
  expect(told).toEqual(["damaged", "sound"]);
});

function vectorOf(log: readonly IndexOperation[], i: number): Float32Array {
  const operation = log[i];
  return operation?.kind === "add" ? operation.vector : expect.unreachable();
}

it("says nothing of an index that lags behind documents that come all the while", async () => {
  await add(20);
  const { status } = parts.index;
  const upkeep = createIndexUpkeep({
    ...{ sampler: parts.store.vectorSampler, pruning: parts.store.logPruning, auditEveryMs: 0, logDeletesMax: 0 },
    vectors: {
      ...{ catchUp: parts.vectors.catchUp, rebuild: parts.vectors.rebuild },
      indexOf: async () => ({
        ...parts.index,
        status: async (...parameters: Parameters<typeof status>) => {
          await add(1);
          await parts.vectors.catchUp({ id: kb, embedderId }, call);
          return status(...parameters);
        },
      }),
    },
  });
  expect(await upkeep.audit(call)).toMatchObject([{ outcome: "unsettled", problems: [] }]);
  await upkeep[Symbol.asyncDispose]();
});

it.each([
  { what: "as much as its graph was tuned for", recall: 0.89, outcome: "sound" },
  { what: "less", recall: 0.8, outcome: "damaged" },
])("finds an index $outcome whose searches find $what", async ({ recall, outcome }) => {
  await add(20);
  const { index, store, vectors } = parts;
  const upkeep = createIndexUpkeep({
    ...{ sampler: store.vectorSampler, pruning: store.logPruning, auditEveryMs: 0, logDeletesMax: 0 },
    vectors: {
      ...{ catchUp: vectors.catchUp, rebuild: vectors.rebuild },
      indexOf: async () => ({
        ...index,
        status: async (...parameters) => ({ ...(await index.status(...parameters)), kind: "hnsw", recall: 0.91 }),
        audit: async (...parameters) => ({ ...(await index.audit(...parameters)), recall }),
      }),
    },
  });
  expect(await upkeep.audit(call)).toMatchObject([{ outcome }]);
  await upkeep[Symbol.asyncDispose]();
});

it("forgets damage of a knowledge base that is deleted", async () => {
  await add(50);
  await parts.index.apply(kb, (await operations()).slice(10), { after: 0 }, call);
  const { rebuild } = parts.vectors;
  const upkeep = createIndexUpkeep({
    ...{ sampler: parts.store.vectorSampler, pruning: parts.store.logPruning, auditEveryMs: 0, logDeletesMax: 0 },
    vectors: {
      ...parts.vectors,
      rebuild: async (...parameters) => {
        await parts.store.documents.deleteKnowledgeBase(kb, call);
        await rebuild(...parameters);
      },
    },
  });
  expect(await upkeep.audit(call)).toMatchObject([{ outcome: "damaged" }]);
  expect(upkeep.health()).toMatchObject({ state: "degraded" });
  await upkeep.settled();
  expect(upkeep.health()).toBeUndefined();
  await upkeep[Symbol.asyncDispose]();
});
