import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IntentsUnderTest } from "@larder/testkit";
import {
  createCountingIds,
  createKnowledgeBaseIn,
  createManualClock,
  describeBudgets,
  describeCallIntents,
  describeDocumentStore,
  describeFeedbackStore,
  describeIdempotencyStore,
  describeLedger,
  describeLexicalIndex,
  describePastQuestions,
  describeRoutingRecord,
} from "@larder/testkit";
import { onTestFinished } from "vitest";
import { openTemporaryStore } from "../test/open-temporary-store.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

describeDocumentStore("SQLite store", openTemporaryStore);
describeLedger("SQLite ledger", openTemporaryStore);
describeRoutingRecord("SQLite routing memory", openTemporaryStore);
describeFeedbackStore("SQLite feedback", openTemporaryStore);

describePastQuestions("SQLite past questions", () => openTemporaryStore({ pastQuestions: { questionsMax: 4 } }));

describeBudgets("SQLite budgets", async () => {
  const limits = { reservationMs: 60_000 };
  return { ...(await openTemporaryStore({ budgets: limits })), ...limits };
});

describeCallIntents("SQLite call intents", async () => {
  const folder = await mkdtemp(join(tmpdir(), "larder-intents-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const open = async (): Promise<IntentsUnderTest> => {
    const clock = createManualClock();
    const store = await openSqliteStore({ file: join(folder, "larder.sqlite"), clock, ids: createCountingIds() });
    return {
      intents: store.callIntents,
      ledger: store.ledger,
      async reopen() {
        await store.close(); // writes what was noted, and ends none of it
        return open();
      },
      [Symbol.asyncDispose]: () => store.close(),
    };
  };
  return open();
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
