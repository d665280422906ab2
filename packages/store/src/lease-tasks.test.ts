import { testCall as call, createKnowledgeBaseIn, uploadOf } from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import { openTemporaryStore } from "../test/open-temporary-store.ts";

/** Rows that SQLite steps through, by its own count of the work of a statement's loops. */
function plansOf(file: string, statements: readonly string[]): readonly string[] {
  const client = new Sqlite(file, { readonly: true });
  try {
    return statements.flatMap((sql) =>
      client
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail),
    );
  } finally {
    client.close();
  }
}

it("finds tasks, and what a job waits for or lost, without walking through a table", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  await store.documents.accept(id, [uploadOf("a"), uploadOf("b")], call);
  const plans = plansOf(store.file, [
    "SELECT number FROM tasks WHERE priority = 1 AND knowledge_base_id > 'x' ORDER BY knowledge_base_id, due_at_ms LIMIT 1",
    "SELECT number FROM tasks WHERE (priority, knowledge_base_id) > (1, 'x') ORDER BY priority, knowledge_base_id, due_at_ms LIMIT 1",
    "SELECT number FROM tasks WHERE priority = 1 AND knowledge_base_id = 'x' AND due_at_ms <= 1 ORDER BY due_at_ms, number LIMIT 9",
    "SELECT position FROM job_documents WHERE job_id = 'x' AND outcome = 'failed' ORDER BY position LIMIT 20",
    "SELECT number FROM jobs WHERE failed_count > 0 AND number < 9 ORDER BY number DESC LIMIT 20",
    "SELECT document_id FROM version_reports WHERE knowledge_base_id = 'x' AND text_sha256 = 'y' AND is_skipped = 0",
  ]);
  expect(plans.filter((detail) => /SCAN|TEMP B-TREE/.test(detail))).toEqual([]);
  expect(plans).toHaveLength(6);
});

it("gives every knowledge base its turn among ten thousand tasks of another", async () => {
  await using store = await openTemporaryStore();
  const large = await createKnowledgeBaseIn(store.documents, "large");
  const uploads = Array.from({ length: 10_000 }, (_, i) => uploadOf(`large ${i}`));
  await store.documents.accept(large, uploads, call);
  const small = await Promise.all(["a", "b", "c"].map((name) => createKnowledgeBaseIn(store.documents, name)));
  for (const id of small) await store.documents.accept(id, [uploadOf(`small ${id}`)], call);
  const group = { name: "w", leaseMs: 60_000, tasksMax: 16, bytesMax: 1_000_000 };
  const leased = await store.documents.leaseGroup(group, call);
  expect(new Set(leased.map(({ knowledgeBaseId }) => knowledgeBaseId))).toEqual(new Set([large, ...small]));
});
