import { createKnowledgeBaseIn } from "@larder/testkit";
import { eq, sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { openTemporaryStore } from "../test/open-temporary-store.ts";
import { parametersOf, prepared, preparedInsert } from "./prepared-statement.ts";
import { documents } from "./schema/index.ts";
import { openConnection } from "./sqlite-connection.ts";

it("makes a statement once a connection", async () => {
  await using store = await openTemporaryStore();
  const connections = [1, 2].map(() => openConnection(store.file, { busyTimeoutMs: 5_000 }));
  let made = 0;
  const count = prepared((queries) => {
    made += 1;
    return queries.select({ id: documents.id }).from(documents).prepare();
  });
  for (const { db } of connections) expect([count(db).all(), count(db).all()]).toEqual([[], []]);
  expect(made).toBe(2);
  for (const { client } of connections) client.close();
});

it("writes values in the form of their columns, NULL as NULL and the rest at its default", async () => {
  await using store = await openTemporaryStore();
  const knowledgeBaseId = await createKnowledgeBaseIn(store.documents);
  const { client, db } = openConnection(store.file, { busyTimeoutMs: 5_000 });
  const insert = preparedInsert(documents, [
    ...(["id", "knowledgeBaseId", "shownVersion", "lastVersion"] as const),
    ...(["status", "error", "createdAtMs", "updatedAtMs"] as const),
  ]);
  const facts = { knowledgeBaseId, shownVersion: 1, lastVersion: 1, createdAtMs: 1, updatedAtMs: 2 };
  const ids = ["doc_aaaaaaaaaa", "doc_bbbbbbbbbb"] as (typeof documents.$inferInsert)["id"][];
  const error = { code: "no_text", message: "No text.", hint: "Scan it." } as never;
  const [first, second] = ids;
  if (first === undefined || second === undefined) throw new TypeError();
  const numbers = [
    insert(db, { id: first, ...facts, status: "queued", error: null }),
    insert(db, { id: second, ...facts, status: "failed", error }),
  ];
  const read = client.prepare("select number, error, progress from documents order by number").all();
  expect(read).toEqual([
    { number: numbers[0], error: null, progress: 0 },
    { number: numbers[1], error: JSON.stringify(error), progress: 0 },
  ]);
  const update = prepared((queries) =>
    queries
      .update(documents)
      .set(parametersOf(documents, ["status", "error"]))
      .where(eq(documents.id, sql.placeholder("of")))
      .prepare(),
  );
  update(db).run({ of: second, status: "queued", error: null });
  expect(client.prepare("select error from documents where id = ?").pluck().get(second)).toBeNull();
  client.close();
});
