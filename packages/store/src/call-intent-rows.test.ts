import type { KnowledgeBaseId } from "@larder/contracts";
import { interruptedAttempt } from "@larder/contracts";
import { testCall as call, receiptOf } from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import { openTemporaryStore } from "../test/open-temporary-store.ts";

it("leaves no row of an answer that has its receipt, nor any of one that was noted twice", async () => {
  await using store = await openTemporaryStore();
  const receipt = receiptOf();
  const { id: receiptId, createdAtMs } = receipt;
  const attempts = [interruptedAttempt({ provider: "acme", model: "m", startedAtMs: createdAtMs })];
  const intent = { receiptId, createdAtMs, knowledgeBaseId: "none" as KnowledgeBaseId, priceBookId: "book", attempts };
  const database = new Sqlite(store.file, { readonly: true });
  const count = () => database.prepare("select count(*) from call_intents").pluck().get();
  store.callIntents.note(intent);
  store.callIntents.note(intent);
  await expect.poll(count).toBe(1);
  await store.ledger.record(receipt, call);
  expect(count()).toBe(0);
  database.close();
});
