import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { IdKind, Ids } from "@larder/contracts";
import {
  addReady,
  testCall as call,
  createCountingIds,
  createKnowledgeBaseIn,
  createManualClock,
  finishedOf,
  leaseOf,
  uploadOf,
} from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { TemporaryStore } from "../test/open-temporary-store.ts";
import { openTemporaryStore } from "../test/open-temporary-store.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { openConnection } from "./sqlite-connection.ts";
import { toLarderError } from "./to-larder-error.ts";

describe("opening", () => {
  it("sets what makes a commit durable and references hold, on every connection", async () => {
    await using store = await openTemporaryStore();
    for (const safeIntegers of [false, true]) {
      const { client } = openConnection(store.file, { busyTimeoutMs: 5_000, safeIntegers });
      const read = (pragma: string) => Number(client.pragma(pragma, { simple: true }));
      expect(client.pragma("journal_mode", { simple: true })).toBe("wal");
      expect([read("synchronous"), read("foreign_keys"), read("busy_timeout")]).toEqual([2, 1, 5_000]);
      client.close();
    }
  });

  it("refuses a file that is no database, and a folder that is a file", async () => {
    await using store = await openTemporaryStore();
    const file = join(dirname(store.file), "text.sqlite");
    await writeFile(file, "This is a text, and long enough to be looked at. ".repeat(40));
    const ports = { clock: createManualClock(), ids: createCountingIds("b") };
    await expect(openSqliteStore({ ...ports, file })).rejects.toMatchObject({ code: "STORE_DAMAGED" });
    const inside = openSqliteStore({ ...ports, file: join(file, "larder.sqlite") });
    await expect(inside).rejects.toMatchObject({ code: "DATA_DIR_UNUSABLE" });
  });

  it("may be closed twice", async () => {
    await using store = await openTemporaryStore();
    await store.close();
    await store.close();
    await expect(store.documents.depth(call)).rejects.toMatchObject({ code: "UNEXPECTED" });
  });
});

describe("several connections to one file", () => {
  const openBeside = ({ file }: TemporaryStore) =>
    openSqliteStore({ file, clock: createManualClock(), ids: createCountingIds("b") });

  it("agree on one document for the same bytes, whoever is first", async () => {
    await using store = await openTemporaryStore();
    await using other = await openBeside(store);
    const id = await createKnowledgeBaseIn(store.documents);
    const sent = Array.from({ length: 40 }, (_, i) => uploadOf(`text ${i % 10}`));
    const accepted = await Promise.all(
      sent.map((upload, i) => (i % 2 === 0 ? store : other).documents.accept(id, [upload], call)),
    );
    expect(new Set(accepted.map(({ documents }) => documents[0]?.document.id)).size).toBe(10);
    expect(accepted.filter(({ documents }) => documents[0]?.duplicateOf === undefined)).toHaveLength(10);
    const leased = new Set<string>();
    for (let i = 0; i < 10; i++) leased.add((await leaseOf((i % 2 === 0 ? store : other).documents)).id);
    expect(leased.size).toBe(10);
  });

  it("see each other's knowledge bases come, change and go, terms included", async () => {
    await using store = await openTemporaryStore();
    await using other = await openBeside(store);
    const id = await createKnowledgeBaseIn(store.documents);
    await addReady(other.documents, id, "pears\napples\nplums");
    expect(await store.lexical.search(id, "pears", { limit: 3 }, call)).toHaveLength(1);
    await other.documents.deleteKnowledgeBase(id, call);
    expect(await store.lexical.search(id, "pears", { limit: 3 }, call)).toEqual([]);
  });

  it("says that the store is busy when another write takes too long", async () => {
    await using store = await openTemporaryStore({ busyTimeoutMs: 20 });
    const blocker = new Sqlite(store.file);
    blocker.exec("BEGIN IMMEDIATE");
    await expect(createKnowledgeBaseIn(store.documents)).rejects.toMatchObject({ code: "STORE_BUSY", retryable: true });
    expect((await store.documents.knowledgeBases({ limit: 1 }, call)).data).toEqual([]); // readers are not held up
    blocker.exec("ROLLBACK");
    blocker.close();
    await createKnowledgeBaseIn(store.documents);
  });
});

describe("a step that fails", () => {
  it("leaves nothing of a finish behind, whichever step it is", async () => {
    const ids = failingIds();
    await using store = await openTemporaryStore({ ids });
    const id = await createKnowledgeBaseIn(store.documents);
    await addReady(store.documents, id, "old\npears");
    await store.documents.accept(id, [uploadOf("waiting")], call);
    const task = await leaseOf(store.documents);
    const before = await stateOf(store, id);
    const text = Array.from({ length: 450 }, (_, i) => `line ${i}`).join("\n"); // three statements' worth of rows
    for (const failAt of [1, 2, 200, 201, 450]) {
      ids.failAt = failAt;
      const finished = store.documents.finish(task, finishedOf(text), call);
      await expect(finished).rejects.toMatchObject({ code: "UNEXPECTED" });
      expect(await stateOf(store, id)).toEqual(before);
    }
    ids.failAt = Number.POSITIVE_INFINITY;
    expect(await store.documents.finish(task, finishedOf(text), call)).toBe(true);
    expect(await store.documents.knowledgeBase(id, call)).toMatchObject({ counts: { documents: 2, passages: 452 } });
    expect(await store.checkIntegrity(call)).toEqual({ isSound: true, problems: [] });
  });

  it("leaves nothing of an accept behind, whichever id it is", async () => {
    const ids = failingIds();
    await using store = await openTemporaryStore({ ids });
    const id = await createKnowledgeBaseIn(store.documents);
    const uploads = [uploadOf("a"), uploadOf("b")];
    for (let failAt = 1; failAt <= 5; failAt++) {
      ids.failAt = failAt; // job, then document and task of each
      await expect(store.documents.accept(id, uploads, call)).rejects.toMatchObject({ code: "UNEXPECTED" });
      expect((await store.documents.documents(id, { limit: 9 }, call)).data).toEqual([]);
      expect(await store.documents.depth(call)).toBe(0);
    }
    ids.failAt = Number.POSITIVE_INFINITY;
    expect((await store.documents.accept(id, uploads, call)).documents).toHaveLength(2);
  });

  it("is typed when the disk is full", () => {
    const client = new Sqlite(":memory:");
    client.exec("CREATE TABLE t (x); PRAGMA max_page_count = 3");
    const fill = () => client.prepare("INSERT INTO t VALUES (zeroblob(100000))").run();
    expect(codeOf(fill)).toBe("STORE_FULL");
    client.close();
    expect(toLarderError(Object.assign(new Error("no space"), { code: "ENOSPC" })).code).toBe("STORE_FULL");
  });
});

describe("checking integrity", () => {
  it("finds counts that do not agree and rows that point nowhere", async () => {
    await using store = await openTemporaryStore();
    const id = await createKnowledgeBaseIn(store.documents);
    await addReady(store.documents, id, "a\nb");
    expect(await store.checkIntegrity(call)).toEqual({ isSound: true, problems: [] });
    const writer = new Sqlite(store.file);
    writer.exec("PRAGMA foreign_keys = OFF; DELETE FROM vectors; UPDATE documents SET knowledge_base_id = 'none'");
    writer.close();
    const { isSound, problems } = await store.checkIntegrity(call);
    expect(isSound).toBe(false);
    expect(problems.join("\n")).toContain("passages with a vector");
    expect(problems.join("\n")).toContain("A row of documents points at a row that is gone.");
  });
});

/** Ids that fail at the n-th one from when `failAt` was set. */
function failingIds(): Ids & { failAt: number } {
  const ids = createCountingIds();
  let left = Number.POSITIVE_INFINITY;
  return {
    get failAt() {
      return left;
    },
    set failAt(count) {
      left = count;
    },
    next<Kind extends IdKind>(kind: Kind) {
      left -= 1;
      if (left === 0) throw new Error("no more ids");
      return ids.next(kind);
    },
  };
}

async function stateOf(
  store: Awaited<ReturnType<typeof openTemporaryStore>>,
  id: Parameters<typeof store.documents.knowledgeBase>[0],
) {
  return {
    knowledgeBase: await store.documents.knowledgeBase(id, call),
    documents: await store.documents.documents(id, { limit: 9 }, call),
    log: await store.operationLog.readAfter(id, 0, 1_000),
    found: await store.lexical.search(id, "line", { limit: 9 }, call),
    old: await store.lexical.search(id, "pears", { limit: 9 }, call),
    integrity: await store.checkIntegrity(call),
  };
}

function codeOf(act: () => unknown): string {
  try {
    act();
    return "nothing was thrown";
  } catch (error) {
    return toLarderError(error).code;
  }
}
