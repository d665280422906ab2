import { createLanguageDetector } from "@larder/language";
import {
  addReady,
  testCall as call,
  createCountingIds,
  createKnowledgeBaseIn,
  createManualClock,
} from "@larder/testkit";
import { describe, expect, it } from "vitest";
import type { TemporaryStore } from "../../test/open-temporary-store.ts";
import { openTemporaryStore } from "../../test/open-temporary-store.ts";
import type { SqliteStore } from "../open-sqlite-store.ts";
import { openSqliteStore } from "../open-sqlite-store.ts";
import { openConnection } from "../sqlite-connection.ts";

const detector = createLanguageDetector();
const sentence = (i: number) => `Im Jahr ${1_000 + i} standen hier die Häuser der Familien, die am Fluss arbeiteten.`;

/** The same file by rules that know languages. */
function openWithLanguages(store: TemporaryStore): Promise<SqliteStore> {
  const ports = { clock: createManualClock(), ids: createCountingIds("b") };
  return openSqliteStore({ file: store.file, ...ports, lexical: { detector } });
}

async function openFilled(documents: number) {
  const store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  for (let i = 0; i < documents; i++) await addReady(store.documents, id, `${sentence(i)}\n${sentence(i)}`);
  return { store, id, [Symbol.asyncDispose]: () => store.close() };
}

describe("terms of older rules", () => {
  it("are made anew, and health says so until then", async () => {
    await using filled = await openFilled(3);
    const { store, id } = filled;
    expect(store.health()).toMatchObject({ state: "ok" });
    expect(await store.lexical.search(id, "Haus", { limit: 9 }, call)).toEqual([]);

    await using opened = await openWithLanguages(store);
    expect(opened.health()).toMatchObject({ name: "store", state: "degraded" });
    await opened.remakeTerms(call);
    expect(opened.health()).toMatchObject({ state: "ok" });
    expect(await opened.lexical.search(id, "Haus", { limit: 9 }, call)).toHaveLength(6);
    const { client } = openConnection(store.file, { busyTimeoutMs: 5_000 });
    expect(client.prepare("SELECT DISTINCT language FROM passages").pluck().all()).toEqual(["de"]);
    expect(client.prepare("SELECT languages FROM knowledge_bases").pluck().all()).toEqual(['{"de":6}']);
    client.close();
    await opened.remakeTerms(call);
  });

  it("of a database without ids are made anew as well", async () => {
    await using filled = await openFilled(1);
    const { client } = openConnection(filled.store.file, { busyTimeoutMs: 5_000 });
    client.exec("UPDATE knowledge_bases SET terms_id = NULL; DELETE FROM passage_terms_1");
    client.close();
    expect(filled.store.health()).toMatchObject({ state: "degraded" });
    await filled.store.remakeTerms(call);
    expect(await filled.store.lexical.search(filled.id, "Häuser", { limit: 9 }, call)).toHaveLength(2);
  });

  it("are made anew from where it was stopped, also with changes in between", async () => {
    await using filled = await openFilled(160);
    const { store, id } = filled;
    await using opened = await openWithLanguages(store);
    const stop = new AbortController();
    const remaking = opened.remakeTerms(stop); // one transaction is through when this returns
    stop.abort(new Error("the process ends"));
    await expect(remaking).rejects.toThrow();
    const reached = await opened.lexical.search(id, "Haus", { limit: 400 }, call);
    expect(reached.length).toBeGreaterThan(0);
    expect(reached.length).toBeLessThan(320);
    expect(opened.health()).toMatchObject({ state: "degraded" });

    const { data } = await opened.documents.documents(id, { limit: 1 }, call);
    for (const document of data) await opened.documents.deleteDocument(id, document.id, call);
    await addReady(opened.documents, id, sentence(999));
    await opened.remakeTerms(call);
    expect(await opened.lexical.search(id, "Haus", { limit: 400 }, call)).toHaveLength(319);
    expect(opened.health()).toMatchObject({ state: "ok" });
    expect(await opened.checkIntegrity(call)).toEqual({ isSound: true, problems: [] });
  });
});
