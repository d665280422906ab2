import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { EmbedderId } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { verifyChain } from "@larder/receipts";
import { testCall as call, createKnowledgeBaseIn, realClock } from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import { lockDataFolder } from "../src/index.ts";
import { historyProblems } from "./history-problems.ts";
import { openTemporaryStore } from "./open-temporary-store.ts";
import { RandomHistory } from "./random-history.ts";
import { scopeOf } from "./scope-of.ts";

const runSource = fileURLToPath(new URL("../../child-process/scripts/run-source.mjs", import.meta.url));
const script = fileURLToPath(new URL("store-process.ts", import.meta.url));

const restMsMax = 60_000;

function start(...args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  const options = [runSource, script, ...args];
  return spawn(process.execPath, options, { stdio: ["ignore", "pipe", "inherit"] });
}

async function outputOf(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  let text = "";
  child.stdout.on("data", (piece: Buffer) => {
    text += piece.toString();
  });
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  return text;
}

it("gives a data folder back when its holder is killed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "larder-lock-"));
  const holder = start("lock", folder);
  await once(holder.stdout, "data");
  await expect(lockDataFolder(folder)).rejects.toMatchObject({ code: "DATA_DIR_IN_USE" });
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await using lock = await lockDataFolder(folder);
  expect(lock).toBeDefined();
  await rm(folder, { recursive: true, force: true });
});

it("keeps every promise when two processes work in the middle of another one's replacing, cancelling and making anew", async () => {
  await using store = await openTemporaryStore({ clock: realClock, busyTimeoutMs: 60_000 });
  const makes = ["1", "2"].map((n) => ({
    ...{ embedderId: "embedder@1" as EmbedderId, parserId: "parser@1", splitterId: `splitter@${n}` },
  }));
  const history = await RandomHistory.begin(store, 7, makes);
  const working = ["p", "q"].map((name) => outputOf(start("work", store.file, `${name}x`, history.id, "40")));
  let areWorking = true;
  const ended = Promise.all(working).finally(() => {
    areWorking = false;
  });
  for (let step = 0; areWorking || step < 100; step += 1) {
    await history.step();
    await new Promise((resolve) => setTimeout(resolve, 5)); // the others get the lock as well
  }
  await ended;
  for (const name of ["p", "q", "px", "qx"]) await store.documents.reclaim(name, call);
  const reader = new Sqlite(store.file, { readonly: true });
  const unfinished = reader.prepare("select id from jobs where finished_at_ms is null");
  // What was given back waits for a second of the real clock, also when that happens at the end.
  for (const untilMs = performance.now() + restMsMax; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    await history.end();
    if (unfinished.all().length === 0 || performance.now() > untilMs) break;
  }
  expect(await historyProblems(store, reader, history.id)).toEqual([]);
  expect(unfinished.all()).toEqual([]);
  expect((await store.checkIntegrity(call)).problems).toEqual([]);
  reader.close();
});

it("keeps one copy of everything when three processes take in and finish the same texts at once", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const count = 60;
  const outputs = await Promise.all(
    ["p", "q", "r"].map((name) => outputOf(start("work", store.file, name, id, String(count)))),
  );
  expect(outputs.reduce((sum, output) => sum + Number(output), 0)).toBe(count);
  expect(await store.documents.depth(call)).toBe(0);
  const { counts } = await store.documents.knowledgeBase(id, call);
  expect(counts).toEqual({ documents: count, passages: 2 * count, tokens: 6 * count });
  expect(await store.lexical.search(id, "beta", { limit: 500 }, call)).toHaveLength(count);
  expect(await store.operationLog.readAfter(id, 0, 500)).toHaveLength(2 * count);
  expect(await store.checkIntegrity(call)).toEqual({ isSound: true, problems: [] });
});

it("lets no budget be spent twice when four processes race for each of many", async () => {
  await using store = await openTemporaryStore();
  const count = 150;
  for (let i = 0; i < count; i++) {
    await store.budgets.putBudget({ scope: scopeOf(i), window: "ever", limit: nanoUsd(1_500_000_000n) }, call);
  }
  const names = ["p", "q", "r", "s"];
  const outputs = await Promise.all(
    names.map((name) => outputOf(start("spend", store.file, name, "-", String(count)))),
  );
  const states = await store.budgets.budgets(call);
  expect(states.filter(({ spent, left }) => spent !== 1_000_000_000n || left !== 500_000_000n)).toEqual([]);
  expect(outputs.reduce((sum, output) => sum + Number(output), 0)).toBe(count);
});

it("writes one chain of receipts from four processes at once", async () => {
  await using store = await openTemporaryStore();
  const names = ["p", "q", "r", "s"];
  await Promise.all(names.map((name) => outputOf(start("record", store.file, name, "-", "250"))));
  expect(await verifyChain(store.ledger.chain(call))).toMatchObject({ isSound: true, count: 1_000 });
});

it("opens a new database from several processes at once", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const file = `${store.file}.new`;
  const outputs = await Promise.all(["p", "q", "r"].map((name) => outputOf(start("work", file, name, id, "0"))));
  expect(outputs).toEqual(["0\n", "0\n", "0\n"]);
});
