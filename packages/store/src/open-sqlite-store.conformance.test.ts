import {
  createKnowledgeBaseIn,
  describeBudgets,
  describeDocumentStore,
  describeIdempotencyStore,
  describeLedger,
  describeLexicalIndex,
} from "@larder/testkit";
import { openTemporaryStore } from "../test/open-temporary-store.ts";

describeDocumentStore("SQLite store", openTemporaryStore);
describeLedger("SQLite ledger", openTemporaryStore);

describeBudgets("SQLite budgets", async () => {
  const limits = { reservationMs: 60_000 };
  return { ...(await openTemporaryStore({ budgets: limits })), ...limits };
});

describeIdempotencyStore("SQLite idempotency keys", async () => {
  const limits = { claimMs: 1_000, replyMs: 50_000, replyBytesMax: 100 };
  return { ...(await openTemporaryStore({ idempotency: limits })), ...limits };
});

describeLexicalIndex("SQLite lexical index", async () => {
  const store = await openTemporaryStore();
  const one = await createKnowledgeBaseIn(store.documents, "one");
  const two = await createKnowledgeBaseIn(store.documents, "two");
  return { ...store, knowledgeBaseIds: [one, two] };
});
