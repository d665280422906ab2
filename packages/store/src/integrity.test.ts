import {
  addReady,
  testCall as call,
  createCountingIds,
  createKnowledgeBaseIn,
  createManualClock,
} from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { openTemporaryStore } from "../test/open-temporary-store.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

describe("checkIntegrity", () => {
  it("calls nothing damaged because another process wrote it meanwhile", async () => {
    await using store = await openTemporaryStore();
    const id = await createKnowledgeBaseIn(store.documents);
    await using other = await openSqliteStore({
      ...{ file: store.file, clock: createManualClock(), ids: createCountingIds("b") },
    });
    for (let i = 0; i < 20; i++) {
      await store.lexical.search(id, "alpha", { limit: 9 }, call); // its connection knows the table as it is now
      await addReady(other.documents, id, `alpha\nbeta ${i}`); // of sixteen segments FTS5 makes one, and the others go
      expect(await store.checkIntegrity(call)).toEqual({ isSound: true, problems: [] });
    }
  });

  it("finds languages that are not those of the passages", async () => {
    await using store = await openTemporaryStore();
    const id = await createKnowledgeBaseIn(store.documents);
    await addReady(store.documents, id, "alpha\nbeta");
    const raw = new Sqlite(store.file);
    for (const wrong of ["{}", '{"en":1}', '{"en":2,"de":1}', '{"de":2}']) {
      raw.prepare("UPDATE knowledge_bases SET languages = ?").run(wrong);
      expect((await store.checkIntegrity(call)).problems).toEqual([
        "1 knowledge bases have languages that are not those of their passages.",
      ]);
    }
    raw.prepare("UPDATE knowledge_bases SET languages = ?").run('{"en":2}');
    raw.close();
    expect((await store.checkIntegrity(call)).problems).toEqual([]);
  });

  it("rejects with the reason of a call that is aborted", async () => {
    await using store = await openTemporaryStore();
    const reason = new Error("gone");
    await expect(store.checkIntegrity({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
