import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Insert } from "./row-writer.ts";
import { createRowWriter } from "./row-writer.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-row-writer-"));
});
afterAll(() => rm(folder, { recursive: true }));

function openTable(name: string) {
  const file = join(folder, `${name}.sqlite`);
  const client = new Sqlite(file);
  client.pragma("journal_mode = WAL");
  client.exec("create table t (a integer primary key, b integer)");
  return { file, client, all: () => client.prepare("select a from t order by a").pluck().all() };
}
const row = (a: number): Insert => ["insert into t values (?, ?)", [a, 2n ** 60n]];

it("has written when it says so, for every other connection", async () => {
  const { file, client, all } = openTable("plain");
  const writer = createRowWriter(file, 1_000);
  await writer.write([row(1), row(2)]);
  expect(all()).toEqual([1, 2]);
  expect(client.prepare("select b from t").safeIntegers().pluck().get()).toBe(2n ** 60n);
  await writer.close();
  client.close();
});

it("lets a group that cannot be written fail alone, and whole", async () => {
  const { file, client, all } = openTable("failing");
  const writer = createRowWriter(file, 1_000);
  const ends = await Promise.allSettled([
    writer.write([row(1)]),
    writer.write([row(2), row(1)]),
    writer.write([row(3)]),
  ]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(ends[1]).toMatchObject({ reason: { code: "SQLITE_CONSTRAINT_PRIMARYKEY" } });
  expect(all()).toEqual([1, 3]);
  await writer.close();
  client.close();
});

it("writes what waits before it closes, and nothing afterwards", async () => {
  const { file, client, all } = openTable("closing");
  const writer = createRowWriter(file, 1_000);
  const writes = [1, 2, 3].map((a) => writer.write([row(a)]));
  await writer.close();
  await Promise.all(writes);
  expect(all()).toEqual([1, 2, 3]);
  await expect(writer.write([row(4)])).rejects.toMatchObject({ code: "SQLITE_MISUSE" });
  await writer.close();
  client.close();
});
