import type { KnowledgeBaseId, Label, LexicalEntry } from "@larder/contracts";
import {
  asLabel,
  testCall as call,
  createCountingIds,
  createKnowledgeBaseIn,
  createManualClock,
} from "@larder/testkit";
import Sqlite from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openTemporaryStore } from "../../test/open-temporary-store.ts";
import type { SqliteStore } from "../open-sqlite-store.ts";
import { openSqliteStore } from "../open-sqlite-store.ts";
import { openConnection } from "../sqlite-connection.ts";
import { countUncountedTotals } from "./terms-totals.ts";

const words = ["pear", "plum", "quince", "fig", "plum pear", "quince plum quince", "filler filler filler filler"];
const text = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 12 }).map((found) => found.join(" "));
const queries = ["pear", "plum fig", "quince plum quince"];

const entryOf = (label: Label, body: string): LexicalEntry => ({ label, title: "a fig", heading: "", text: body });

async function searchAll({ lexical }: SqliteStore, id: KnowledgeBaseId) {
  return Promise.all(queries.map((query) => lexical.search(id, query, { limit: 50 }, call)));
}

/** What a store finds that was given nothing but these. */
async function searchFresh(live: ReadonlyMap<Label, string>) {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  await store.lexical.add(
    id,
    [...live].map(([label, body]) => entryOf(label, body)),
    call,
  );
  return searchAll(store, id);
}

const tableIn = (raw: Sqlite.Database): unknown =>
  raw.prepare("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%'").pluck().get();

describe("scores", () => {
  it("are those of what is there, whatever was replaced and deleted before", async () => {
    const change = fc.record({
      add: fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }).map(asLabel), text), { maxLength: 5 }),
      remove: fc.array(fc.integer({ min: 1, max: 14 }).map(asLabel), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        await using store = await openTemporaryStore();
        const id = await createKnowledgeBaseIn(store.documents);
        const live = new Map<Label, string>();
        for (const { add, remove } of changes) {
          await store.lexical.add(
            id,
            add.map(([label, body]) => entryOf(label, body)), // a label that comes twice is replaced at once
            call,
          );
          await store.lexical.remove(id, remove, call);
          for (const [label, body] of add) live.set(label, body);
          for (const label of remove) live.delete(label);
        }
        expect(await searchAll(store, id)).toEqual(await searchFresh(live));
      }),
      { numRuns: 40 },
    );
  });

  it("are made right in a database from a time when they were not", async () => {
    await using store = await openTemporaryStore();
    const id = await createKnowledgeBaseIn(store.documents);
    const bodies = words.map((body, i): [Label, string] => [asLabel(i + 1), body]);
    await store.lexical.add(
      id,
      bodies.map(([label, body]) => entryOf(label, body)),
      call,
    );
    const raw = new Sqlite(store.file);
    const table = tableIn(raw);
    raw.prepare(`DELETE FROM ${table} WHERE rowid = 2`).run(); // as it was done then
    raw.prepare("INSERT INTO uncounted_terms_tables VALUES (?), ('passage_terms_999')").run(table); // as the migration does
    raw.close();
    const expected = await searchFresh(new Map(bodies.filter(([label]) => label !== asLabel(2))));
    expect(await searchAll(store, id)).not.toEqual(expected);
    const again = await openSqliteStore({ file: store.file, clock: createManualClock(), ids: createCountingIds() });
    expect(await searchAll(again, id)).toEqual(expected);
    await again.close();
  });

  it("are made right where nothing was left in such a database", async () => {
    await using store = await openTemporaryStore();
    const id = await createKnowledgeBaseIn(store.documents);
    const former = words.map((body, i) => entryOf(asLabel(i + 1), body));
    await store.lexical.add(id, former, call);
    const raw = new Sqlite(store.file);
    raw.prepare(`DELETE FROM ${tableIn(raw)}`).run(); // as it was done then
    raw.prepare("INSERT INTO uncounted_terms_tables VALUES (?)").run(tableIn(raw));
    raw.close();
    const again = await openSqliteStore({ file: store.file, clock: createManualClock(), ids: createCountingIds() });
    const present = new Map(words.map((body, i): [Label, string] => [asLabel(i + 50), body]));
    await again.lexical.add(
      id,
      [...present].map(([label, body]) => entryOf(label, body)),
      call,
    );
    expect(await searchAll(again, id)).toEqual(await searchFresh(present));
    await again.close();
  });

  it("are made right while another process writes", async () => {
    await using store = await openTemporaryStore();
    const id = await createKnowledgeBaseIn(store.documents);
    await store.lexical.add(id, [entryOf(asLabel(1), "pear"), entryOf(asLabel(2), "plum")], call);
    const other = new Sqlite(store.file, { timeout: 0 });
    const table = tableIn(other);
    other.prepare(`DELETE FROM ${table} WHERE rowid = 2`).run();
    other.prepare("INSERT INTO uncounted_terms_tables VALUES (?)").run(table);
    const connection = openConnection(store.file, { busyTimeoutMs: 0 });
    const { client } = connection;
    const writeElsewhere = (): void => {
      try {
        other.exec("PRAGMA user_version = 1");
      } catch {
        // The write lock is held, as it should be.
      }
    };
    const prepare = client.prepare.bind(client);
    Object.assign(client, {
      prepare(source: string) {
        if (source.startsWith(`UPDATE ${table}_data`)) writeElsewhere(); // all is counted, nothing written
        return prepare(source);
      },
    });
    countUncountedTotals(connection, []);
    client.close();
    other.close();
    expect(await searchAll(store, id)).toEqual(await searchFresh(new Map([[asLabel(1), "pear"]])));
  });
});
