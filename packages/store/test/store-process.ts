import type { KnowledgeBaseId } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import {
  testCall as call,
  realClock as clock,
  createCountingIds,
  finishedOf,
  receiptOf,
  uploadOf,
} from "@larder/testkit/fixtures";
import { lockDataFolder, openSqliteStore } from "../src/index.ts";
import { scopeOf } from "./scope-of.ts";

/**
 * What the tests run as a second process. `lock FOLDER` holds the folder's lock until it is killed. `work FILE NAME KB
 * COUNT` takes in COUNT texts that every such process takes in, makes ready whatever it can lease, and prints how many.
 * `spend FILE NAME - COUNT` reserves and spends $1 of each of COUNT budgets, as every such process does, and prints of how
 * many it could. `record FILE NAME - COUNT` writes COUNT receipts, some of them at once.
 */
const [task, path = "", name = "", knowledgeBase = "", count = "0"] = process.argv.slice(2);

if (task === "lock") {
  await lockDataFolder(path);
  process.stdout.write("locked\n");
  setInterval(() => {}, 60_000);
} else if (task === "spend") {
  await using store = await openSqliteStore({ file: path, clock, ids: createCountingIds(name) });
  let spent = 0;
  for (let i = 0; i < Number(count); i++) {
    const request = { payers: [scopeOf(i)], amount: nanoUsd(1_000_000_000n), model: "acme/m" };
    const result = await store.budgets.reserve(request, call);
    if (result.kind !== "reserved") continue;
    await store.budgets.settle(result.id, request.amount, call);
    spent += 1;
  }
  process.stdout.write(`${spent}\n`);
} else if (task === "record") {
  await using store = await openSqliteStore({ file: path, clock, ids: createCountingIds(name), busyTimeoutMs: 60_000 });
  const write = (i: number) => store.ledger.record(receiptOf({ id: `rcp_${name}${i}` as never, createdAtMs: i }), call);
  for (let i = 0; i < Number(count); i += 5) await Promise.all([0, 1, 2, 3, 4].map((more) => write(i + more)));
  process.stdout.write(`${count}\n`);
} else {
  // SQLite gives the lock to whoever asks at the right moment: on a busy machine one of them may wait for long.
  await using store = await openSqliteStore({ file: path, clock, ids: createCountingIds(name), busyTimeoutMs: 60_000 });
  const id = knowledgeBase as KnowledgeBaseId;
  let finished = 0;
  for (let i = 0; i < Number(count); i++) {
    await store.documents.accept(id, [uploadOf(`text ${i}`)], call);
    const leased = await store.documents.lease({ name, leaseMs: 60_000 }, call);
    if (leased === undefined) continue;
    if (await store.documents.finish(leased, finishedOf(`alpha\nbeta of ${leased.documentId}`), call)) finished += 1;
  }
  process.stdout.write(`${finished}\n`);
}
