import { readFile } from "node:fs/promises";
import { createCountingIds, createKnowledgeBaseIn, createManualClock, testCall } from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from "drizzle-kit/api";
import { describe, expect, it } from "vitest";
import { openSqliteStore } from "../src/open-sqlite-store.ts";
import * as schema from "../src/schema/index.ts";
import { openTemporaryStore } from "./open-temporary-store.ts";

const folder = new URL("../migrations/", import.meta.url);
const readJson = async (name: string) => JSON.parse(await readFile(new URL(name, folder), "utf8"));

describe("migrations", () => {
  it("hold every change of the schema", async () => {
    const journal = await readJson("meta/_journal.json");
    const newest = String(journal.entries.at(-1).idx).padStart(4, "0");
    const recorded = await readJson(`meta/${newest}_snapshot.json`);
    const wanted = await generateSQLiteDrizzleJson(schema, recorded.id);
    expect(Object.keys(wanted.tables)).toContain("documents");
    expect(await generateSQLiteMigration(recorded, wanted)).toEqual([]);
  });

  it("make the tables that the schema names", async () => {
    await using store = await openTemporaryStore();
    using reader = closing(new Sqlite(store.file));
    const rows = reader.client
      .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all();
    const wanted = await generateSQLiteDrizzleJson(schema);
    expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(Object.keys(wanted.tables)));
  });

  it("are applied once: a second open finds what the first one wrote", async () => {
    await using store = await openTemporaryStore();
    const id = await createKnowledgeBaseIn(store.documents);
    await using second = await openSqliteStore({
      file: store.file,
      clock: createManualClock(),
      ids: createCountingIds("b"),
    });
    expect(await second.documents.knowledgeBase(id, testCall)).toMatchObject({ name: "notes" });
  });

  it("keep the external ids of documents from before they could have several", async () => {
    using old = closing(new Sqlite(":memory:"));
    const { entries } = await readJson("meta/_journal.json");
    const run = async (tags: readonly { readonly tag: string }[]) => {
      for (const { tag } of tags) old.client.exec(await readFile(new URL(`${tag}.sql`, folder), "utf8"));
    };
    const at = entries.findIndex(({ tag }: { tag: string }) => tag.endsWith("_document_claims"));
    await run(entries.slice(0, at));
    old.client.exec(`
      insert into knowledge_bases (id, name, description, settings, created_at_ms) values ('kb', 'n', '', '{}', 1);
      insert into documents (id, knowledge_base_id, external_id, live_version, shown_version, last_version, status, error,
        created_at_ms, updated_at_ms)
      values ('ready', 'kb', 'a', 1, 1, 1, 'ready', null, 1, 1), ('replaced', 'kb', 'b', 1, 1, 2, 'parsing', null, 1, 1),
        ('first', 'kb', null, 0, 1, 1, 'failed', '{}', 1, 1);`);
    await run(entries.slice(at, at + 1));
    expect(old.client.prepare("select external_id, live_id, next_id from document_claims").raw().all()).toEqual([
      ["a", "ready", null],
      ["b", "replaced", "replaced"],
      [null, null, "first"],
    ]);
  });

  it("count the languages of what is there, where they were of all that ever was", async () => {
    using old = closing(new Sqlite(":memory:"));
    const { entries } = await readJson("meta/_journal.json");
    const run = async (tags: readonly { readonly tag: string }[]) => {
      for (const { tag } of tags) old.client.exec(await readFile(new URL(`${tag}.sql`, folder), "utf8"));
    };
    const at = entries.findIndex(({ tag }: { tag: string }) => tag.endsWith("_held_languages"));
    await run(entries.slice(0, at));
    old.client.exec(`
      insert into knowledge_bases (id, name, description, settings, created_at_ms, languages, passage_count)
      values ('kb', 'n', '', '{}', 1, '{"fr":3,"de":9}', 3), ('empty', 'e', '', '{}', 1, '{"de":2}', 0),
        ('right', 'r', '', '{}', 1, '{"de":2,"en":1}', 3);
      insert into jobs (id, knowledge_base_id, created_at_ms, document_count, kind) values ('j', 'kb', 1, 1, 'reindex');
      insert into reindexings (knowledge_base_id, generation, job_id, embedder_id, parser_id, splitter_id, terms_id,
        languages, started_at_ms) values ('kb', 2, 'j', 'e', 'p', 's', 't', '{"fr":1}', 1);
      insert into documents (id, knowledge_base_id, live_version, shown_version, last_version, next_version, status,
        created_at_ms, updated_at_ms) values ('d', 'kb', 2, 2, 3, 3, 'ready', 1, 1);
      insert into document_versions (document_id, version, knowledge_base_id, sha256, bytes, title, media_type, metadata,
        warnings, created_at_ms, generation)
      select 'd', value, 'kb', printf('%064d', value), 1, 't', 'text/plain', '{}', '[]', 1, value - 1
      from json_each('[2, 3]');
      insert into passages (id, knowledge_base_id, document_id, version, ordinal, headings, start_offset, end_offset,
        lead, tokens, language, text, generation)
      select 'p' || key, 'kb', 'd', 2, key, '[]', 0, 1, '', 1, value, 'x', 1 from json_each('["de", "en", null]')
      union all select 'next', 'kb', 'd', 3, 0, '[]', 0, 1, '', 1, 'de', 'x', 2;`);
    await run(entries.slice(at, at + 1));
    const languagesOf = (table: string) =>
      old.client.prepare(`select languages from ${table} order by rowid`).pluck().all();
    expect(languagesOf("knowledge_bases")).toEqual(['{"de":1,"en":2}', "{}", '{"de":2,"en":1}']);
    expect(languagesOf("reindexings")).toEqual(['{"de":1}']);
  });

  it("are not run under another holder of the folder, who may be older code", async () => {
    await using store = await openTemporaryStore();
    const ports = { clock: createManualClock(), ids: createCountingIds("b"), isHeldByAnother: true };
    await using beside = await openSqliteStore({ file: store.file, ...ports });
    expect(beside.health()).toMatchObject({ state: "ok" });
    using raw = closing(new Sqlite(store.file));
    const newest = "(SELECT max(created_at) FROM __drizzle_migrations)";
    raw.client.exec(`DELETE FROM __drizzle_migrations WHERE created_at = ${newest}`);
    const applied = () => raw.client.prepare("SELECT count(*) FROM __drizzle_migrations").pluck().get();
    const before = applied();
    await expect(openSqliteStore({ file: store.file, ...ports })).rejects.toMatchObject({ code: "DATA_DIR_IN_USE" });
    expect(applied()).toBe(before);
  });

  it("are refused for a database that newer code migrated, which stays as it is", async () => {
    await using store = await openTemporaryStore();
    using writer = closing(new Sqlite(store.file));
    const inAYear = Date.now() + 31_536_000_000;
    writer.client.prepare("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', ?)").run(inAYear);
    const opened = openSqliteStore({ file: store.file, clock: createManualClock(), ids: createCountingIds("b") });
    await expect(opened).rejects.toMatchObject({ code: "STORE_NEWER" });
  });
});

function closing(client: Sqlite.Database): { readonly client: Sqlite.Database } & Disposable {
  return { client, [Symbol.dispose]: () => void client.close() };
}
