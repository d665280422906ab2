import type { EmbedderId, KnowledgeBaseId, PastQuestion, ReceiptId } from "@larder/contracts";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import { openTemporaryStore } from "../test/open-temporary-store.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

const call = { signal: AbortSignal.timeout(20_000) };
const embedderId = "test@1" as EmbedderId;
const vector = Float32Array.of(0.6, 0.8);
const verdict = { provider: "a", model: "m", task: "json", isGood: true, weight: 0.5, source: "verdict" } as const;
const past = (knowledgeBaseId: KnowledgeBaseId, number: number): PastQuestion => ({
  ...{ receiptId: `rcp_${number}` as ReceiptId, knowledgeBaseId, embedderId, vector, atMs: number },
  outcomes: [{ ...verdict, forecast: { overall: 0.6, near: 0.123 * number } }],
});
const rowsOf = (file: string) => {
  const client = new Sqlite(file, { readonly: true });
  const rows = client.prepare("select at_ms from past_questions order by number").pluck().all();
  client.close();
  return rows;
};

it("keeps the newest in the file, finds them after a restart, and none of a deleted knowledge base", async () => {
  await using store = await openTemporaryStore({ pastQuestions: { questionsMax: 3 } });
  const { id } = await store.documents.createKnowledgeBase({ name: "k", description: "", settings: {} }, call);
  for (let number = 1; number <= 5; number += 1) await store.pastQuestions.note(past(id, number), call);
  expect(rowsOf(store.file)).toEqual([3, 4, 5]);
  const { file, clock } = store;
  const again = await openSqliteStore({
    file,
    clock,
    ids: { next: () => "x" as never },
    pastQuestions: { questionsMax: 2 },
  });
  const wanted = { knowledgeBaseId: id, embedderId, vector, limit: 9, similarityMin: 0.9 };
  expect((await again.pastQuestions.nearest(wanted, call)).map(({ atMs }) => atMs)).toEqual([5, 4]);
  const outcomes = await again.pastQuestions.outcomes(wanted, call); // what trust is summed of survives the restart
  expect(outcomes.map((each) => each.outcomes)).toEqual([past(id, 4).outcomes, past(id, 5).outcomes]);
  await again.documents.deleteKnowledgeBase(id, call);
  expect(rowsOf(file)).toEqual([]);
  await again.pastQuestions.note(past(id, 6), call);
  expect(rowsOf(file)).toEqual([]);
  await again.close();
});
