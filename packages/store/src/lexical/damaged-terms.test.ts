import { readFile, writeFile } from "node:fs/promises";
import type { EmbedderId, KnowledgeBaseId, Make } from "@larder/contracts";
import {
  addReady,
  testCall as call,
  createCountingIds,
  createKnowledgeBaseIn,
  createManualClock,
  finishedOf,
} from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { TemporaryStore } from "../../test/open-temporary-store.ts";
import { openTemporaryStore } from "../../test/open-temporary-store.ts";
import type { SqliteStore } from "../open-sqlite-store.ts";
import { openSqliteStore } from "../open-sqlite-store.ts";

type Damage = (raw: Sqlite.Database, file: string, table: string) => Promise<void> | void;

/** What a disk may do to the records of FTS5, and whether their table can be dropped after it. */
const damages: readonly (readonly [string, "dropped" | "kept aside", Damage])[] = [
  [
    "a row that is cut",
    "dropped",
    (raw, _, table) => void raw.exec(`UPDATE ${table}_docsize SET sz = x'02' WHERE id = 2`),
  ],
  [
    "a row without bytes",
    "dropped",
    (raw, _, table) => void raw.exec(`UPDATE ${table}_docsize SET sz = NULL WHERE id = 1`),
  ],
  ["a table of sizes that is gone", "dropped", (raw, _, table) => void raw.exec(`DROP TABLE ${table}_docsize`)],
  [
    "a record of totals that is gone",
    "dropped",
    (raw, _, table) => void raw.exec(`DELETE FROM ${table}_data WHERE id = 1`),
  ],
  ["a page of zeros", "kept aside", (raw, file, table) => fillPage(raw, file, `${table}_docsize`, 0)],
  ["a page of something else", "kept aside", (raw, file, table) => fillPage(raw, file, `${table}_docsize`, 0xa5)],
];

async function fillPage(raw: Sqlite.Database, file: string, table: string, byte: number): Promise<void> {
  const root = Number(raw.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck().get(table));
  const pageBytes = Number(raw.pragma("page_size", { simple: true }));
  raw.close();
  const bytes = await readFile(file);
  await writeFile(file, bytes.fill(byte, (root - 1) * pageBytes, root * pageBytes));
}

/** The database as an older Larder left it, which counted nothing, with a table of terms damaged. Opened by this one. */
async function openDamaged(store: TemporaryStore, table: string, damage: Damage): Promise<SqliteStore> {
  const file = `${store.file}.old`; // goes with the folder
  const raw = new Sqlite(store.file);
  raw.exec(`VACUUM INTO '${file}'`);
  raw.close();
  const old = new Sqlite(file);
  old.unsafeMode(true);
  old.exec("INSERT INTO uncounted_terms_tables VALUES ('passage_terms_1'), ('passage_terms_2')");
  await damage(old, file, table);
  old.close();
  return openSqliteStore({ file, clock: createManualClock(), ids: createCountingIds("b") });
}

async function searchAll({ lexical }: SqliteStore, id: KnowledgeBaseId) {
  return Promise.all(["pear", "plum", "of pears"].map((query) => lexical.search(id, query, { limit: 50 }, call)));
}

describe("a database from before totals were kept, with damaged terms", () => {
  it.each(damages)("opens, and has its terms made from its passages: %s", async (_, becomes, damage) => {
    await using store = await openTemporaryStore();
    const id = await createKnowledgeBaseIn(store.documents);
    const other = await createKnowledgeBaseIn(store.documents, "other");
    const { id: documentId } = await addReady(store.documents, id, "a pear\nmore pears\na plum");
    await addReady(store.documents, id, "nothing of pears");
    await addReady(store.documents, other, "a pear here");
    const [expected, ofOther] = [await searchAll(store, id), await searchAll(store, other)];

    await using opened = await openDamaged(store, "passage_terms_1", damage);
    expect(await opened.documents.text(id, documentId, call)).toMatchObject({ text: "a pear\nmore pears\na plum" });
    expect(await searchAll(opened, other)).toEqual(ofOther);
    expect(opened.health()).toMatchObject({ state: "degraded", detail: expect.stringContaining("1 knowledge bases") });
    await opened.remakeTerms(call);
    expect(await searchAll(opened, id)).toEqual(expected);
    await opened.documents.deleteDocument(id, documentId, call);
    expect((await searchAll(opened, id))[0]).toHaveLength(1);

    const health = opened.health();
    if (becomes === "dropped") expect(health).toMatchObject({ state: "ok" });
    else expect(health).toMatchObject({ state: "degraded", detail: expect.stringMatching(/damaged.*backup/) });
    if (becomes === "dropped") expect((await opened.checkIntegrity(call)).problems).toEqual([]);
    await opened.documents.deleteKnowledgeBase(id, call);
  });

  it("goes on with a generation in the making whose terms are damaged", async () => {
    const make: Make = { embedderId: "embedder@1" as EmbedderId, parserId: "parser@1", splitterId: "splitter@2" };
    await using store = await openTemporaryStore();
    const id = await createKnowledgeBaseIn(store.documents);
    await addReady(store.documents, id, "a pear\nmore pears");
    await addReady(store.documents, id, "a plum");
    await store.documents.beginReindexing(id, make, call);
    await store.documents.advanceReindexing(id, call);
    const makeOne = async ({ documents }: SqliteStore): Promise<boolean> => {
      const task = await documents.lease({ name: "worker", leaseMs: 60_000 }, call);
      if (task === undefined) return false;
      return documents.finish(task, finishedOf((await documents.storedVersion(task, call))?.text ?? "", make), call);
    };
    await makeOne(store);

    const damage: Damage = (raw, _, table) => {
      raw.prepare("INSERT INTO uncounted_terms_tables VALUES (?)").run(table);
      raw.exec(`UPDATE ${table}_docsize SET sz = NULL`);
    };
    await using opened = await openDamaged(store, "passage_terms_1_g2", damage);
    expect(opened.health()).toMatchObject({ state: "ok" }); // nothing that is searched
    while (await makeOne(opened));
    expect(await opened.documents.advanceReindexing(id, call)).toBe("swapped");
    expect(opened.health()).toMatchObject({ state: "degraded" });
    await opened.remakeTerms(call);
    expect((await searchAll(opened, id)).map(({ length }) => length)).toEqual([2, 1, 2]);
    expect(opened.health()).toMatchObject({ state: "ok" });
  });
});
