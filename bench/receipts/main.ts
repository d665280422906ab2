import { join } from "node:path";
import type { EmbedderId, Receipt, ReceiptId } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { sha256Hex, sha256OfVector, verifyChain } from "@larder/receipts";
import { openSqliteStore } from "@larder/store";
import {
  addReady,
  clusteredVectors,
  createCountingIds,
  createKnowledgeBaseIn,
  createManualClock,
  receiptOf,
  seededRandom,
} from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { withFolder } from "../smoke/larder-parts.ts";
import { quantile } from "../smoke/times.ts";

/**
 * What the root of a knowledge base and the chain of receipts cost. `npm run bench:receipts -- <documents> <passages of
 * each> <receipts>`. Texts, vectors and receipts are made from one seed.
 */
const [documentCount = 10_000, passagesEach = 10, receiptCount = 10_000] = process.argv.slice(2).map(Number);
const dimensions = 256;
const call = { signal: new AbortController().signal };
const random = seededRandom(1);
const embedderId = "clustered-256" as EmbedderId;
const line = () => Array.from({ length: 150 }, () => `w${Math.floor(20_000 * random()).toString(36)}`).join(" ");
const open = (file: string, name: string) =>
  openSqliteStore({ file, clock: createManualClock(), ids: createCountingIds(name) });

const rows: [string, string][] = [];
const tell = (what: string, ms: readonly number[]) =>
  rows.push([what, `${quantile(ms, 0.5).toFixed(3)} (${quantile(ms, 0.95).toFixed(3)})`]);
async function timed(act: () => unknown): Promise<number> {
  const startMs = performance.now();
  await act();
  return performance.now() - startMs;
}
async function rounds(count: number, act: (round: number) => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(await timed(() => act(i)));
  return times;
}

await withFolder(async (folder) => {
  const file = join(folder, "larder.sqlite");
  const store = await open(file, "a");
  const id = await createKnowledgeBaseIn(store.documents);
  const vectors = clusteredVectors(passagesEach, dimensions, random);
  const matrix = () => Float32Array.from(vectors.flatMap((row) => [...row]));
  const add = (i: number) => {
    const text = `${i} ${Array.from({ length: passagesEach }, line).join("\n")}`;
    return addReady(store.documents, id, text, { finished: { vectors: matrix(), dimensions, embedderId } });
  };
  const adding = await timed(async () => {
    for (let i = 0; i < documentCount; i++) await add(i);
  });
  rows.push([`taking in ${documentCount * passagesEach} passages, s`, (adding / 1_000).toFixed(1)]);
  const [text, vector] = [line(), matrix().subarray(0, dimensions)];
  tell("hashes of a passage at ingestion", await rounds(2_000, () => [sha256Hex(text), sha256OfVector(vector)]));

  tell("root made of all leaves", [await timed(() => store.indexRoots.indexRoot(id, call))]);
  await store.ledger.record(receiptOf({ id: "rcp_first" as ReceiptId }), call); // behind the tree, on the same thread
  const later: number[] = [];
  for (let i = 0; i < 10; i++) {
    await using other = await open(file, "c");
    later.push(await timed(() => other.indexRoots.indexRoot(id, call)));
  }
  tell("first root of a later process", later);
  tell("root, nothing changed", await rounds(2_000, () => store.indexRoots.indexRoot(id, call)));
  const afterOne: number[] = [];
  for (let i = 0; i < 50; i++) {
    await add(documentCount + i);
    afterOne.push(await timed(() => store.indexRoots.indexRoot(id, call)));
  }
  tell(`root after a document of ${passagesEach} passages`, afterOne);
  const client = new Sqlite(file);
  const bytes = client.prepare("select sum(pgsize) from dbstat where name like 'passage_leaves%'").pluck();
  rows.push(["leaves on disk, MB", attempt(() => (Number(bytes.get()) / 1e6).toFixed(1))]);
  client.exec("delete from passage_leaves; delete from passage_trees; update index_operations set bucket = null");
  client.close();
  await using again = await open(file, "b");
  tell("first root of a database from before", [await timed(() => again.indexRoots.indexRoot(id, call))]);

  const receipt = (i: number): Receipt =>
    receiptOf({ id: `rcp_${i.toString().padStart(12, "0")}` as ReceiptId, cost: nanoUsd(1n), hits: hits(i) });
  tell("writing a receipt, one after another", await rounds(500, (i) => store.ledger.record(receipt(i), call)));
  const bulk = Array.from({ length: receiptCount - 500 }, (_, i) => receipt(500 + i));
  const atOnce = await timed(() => Promise.all(bulk.map((one) => store.ledger.record(one, call))));
  tell("writing a receipt, all at once", [atOnce / bulk.length]);
  tell(`checking ${receiptCount} receipts`, await rounds(5, () => verifyChain(store.ledger.chain(call))));
  await store.close();
});

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return "not known"; // SQLite without dbstat
  }
}

function hits(i: number): Receipt["hits"] {
  return Array.from({ length: 12 }, (_, k) => {
    const passageId = `psg_${i}x${k}` as never;
    return {
      passageId,
      passageIds: [passageId],
      version: 1,
      start: 0,
      end: 900,
      textSha256: sha256Hex(`${k}`),
      score: 0.5,
    };
  });
}

console.log(`${documentCount * passagesEach} passages, ${process.version}; ms, median (p95)`);
for (const [what, value] of rows) console.log(`${what.padEnd(48)} ${value}`);
