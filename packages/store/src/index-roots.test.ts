import type { KnowledgeBaseId, PassageId } from "@larder/contracts";
import type { BucketLeaf } from "@larder/receipts";
import { bucketOf, PassageTree, passageLeaf, sha256Hex, verifyInclusion } from "@larder/receipts";
import {
  addReady,
  testCall as call,
  createCountingIds,
  createKnowledgeBaseIn,
  createManualClock,
  receiptOf,
} from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import type { TemporaryStore } from "../test/open-temporary-store.ts";
import { openTemporaryStore } from "../test/open-temporary-store.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

/** The root as the rule says, from the texts and vectors of the database and nothing that was derived from them. */
function rootByTheRule({ file }: TemporaryStore, id: KnowledgeBaseId): string {
  const client = new Sqlite(file, { readonly: true });
  const rows = client
    .prepare<[string], { id: string; text: string; vector: Buffer }>(
      "SELECT id, text, vector FROM passages JOIN vectors USING (label) WHERE knowledge_base_id = ?",
    )
    .all(id);
  client.close();
  const buckets = new Map<number, BucketLeaf[]>();
  for (const { id: passageId, text, vector } of rows) {
    const leaf = passageLeaf({ passageId, textSha256: sha256Hex(text), vectorSha256: sha256Hex(vector) });
    const bucket = bucketOf(passageId);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), { passageId, leaf }]);
  }
  const tree = new PassageTree();
  tree.update(buckets);
  return tree.root;
}

const emptyRoot = new PassageTree().root;
const again = (store: TemporaryStore, name: string) =>
  openSqliteStore({ file: store.file, clock: createManualClock(), ids: createCountingIds(name) });

it("is what the rule makes of texts and vectors, after whatever came, changed and went", async () => {
  await using store = await openTemporaryStore();
  const { documents, indexRoots } = store;
  const id = await createKnowledgeBaseIn(documents);
  const other = await createKnowledgeBaseIn(documents, "other");
  const seen = new Set<string>();
  const expectRoot = async () => {
    const root = await indexRoots.indexRoot(id, call);
    expect(root).toBe(rootByTheRule(store, id));
    expect(await indexRoots.indexRoot(id, call)).toBe(root);
    seen.add(root);
  };
  await expectRoot();
  const first = await addReady(documents, id, "pears\napples\nplums");
  await expectRoot();
  await addReady(documents, id, "figs\ndates", { upload: { externalId: "x" } });
  await expectRoot();
  await addReady(documents, id, "quinces", { upload: { externalId: "x" } }); // a new version of it
  await expectRoot();
  await addReady(documents, other, "elsewhere");
  await expectRoot();
  await documents.deleteDocument(id, first.id, call);
  await expectRoot();
  expect(seen.size).toBe(5); // the other knowledge base changed nothing
  await documents.deleteKnowledgeBase(id, call);
  expect(await indexRoots.indexRoot(id, call)).toBe(emptyRoot);
});

it("is the same in every process, also for changes that another one made", async () => {
  await using store = await openTemporaryStore();
  await using other = await again(store, "b");
  const id = await createKnowledgeBaseIn(store.documents);
  for (const text of ["one\ntwo", "three", "four\nfive\nsix"]) {
    await addReady(other.documents, id, text);
    expect(await store.indexRoots.indexRoot(id, call)).toBe(rootByTheRule(store, id));
  }
  expect(await other.indexRoots.indexRoot(id, call)).toBe(rootByTheRule(store, id));
});

it("makes leaves for the passages of a database from before there were any, and follows its changes", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  const { id: old } = await addReady(store.documents, id, "pears\napples\nplums");
  await addReady(store.documents, id, "figs");
  const client = new Sqlite(store.file);
  client.exec("DELETE FROM passage_leaves; DELETE FROM passage_trees; UPDATE index_operations SET bucket = NULL");
  client.close();
  await using second = await again(store, "c");
  expect(await second.indexRoots.indexRoot(id, call)).toBe(rootByTheRule(store, id));
  await second.documents.deleteDocument(id, old, call);
  expect(await second.indexRoots.indexRoot(id, call)).toBe(rootByTheRule(store, id));
});

it("begins in a new process with the tree that another one stored, for which no leaf is read", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  await addReady(store.documents, id, Array.from({ length: 2_000 }, (_, i) => `line ${i}`).join("\n"));
  const root = await store.indexRoots.indexRoot(id, call);
  await store.ledger.record(receiptOf(), call); // written after the tree, by the same thread
  const client = new Sqlite(store.file);
  expect(client.prepare("SELECT count(*) FROM passage_trees").pluck().get()).toBe(1);
  client.exec("DELETE FROM passage_leaves");
  client.close();
  await using second = await again(store, "d");
  expect(await second.indexRoots.indexRoot(id, call)).toBe(root);
  await addReady(second.documents, id, "one more");
  await using third = await again(store, "e");
  expect(await third.indexRoots.indexRoot(id, call)).not.toBe(root);
});

it("rests on leaves that a check of the database compares with texts and vectors", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  await addReady(store.documents, id, "pears\napples\nplums");
  expect(await store.checkIntegrity(call)).toEqual({ isSound: true, problems: [] });
  const client = new Sqlite(store.file);
  client.exec("UPDATE passages SET text = 'other' || substr(text, 6) WHERE ordinal = 1");
  client.close();
  const problems = ["1 passages have a leaf that is not theirs."];
  expect(await store.checkIntegrity(call)).toEqual({ isSound: false, problems });
});

it("reads a bulk of changes in one go", async () => {
  await using store = await openTemporaryStore();
  const id = await createKnowledgeBaseIn(store.documents);
  expect(await store.indexRoots.indexRoot(id, call)).toBe(emptyRoot);
  await addReady(store.documents, id, Array.from({ length: 2_000 }, (_, i) => `line ${i}`).join("\n"));
  expect(await store.indexRoots.indexRoot(id, call)).toBe(rootByTheRule(store, id));
});

it("proves of each passage that it belongs to the root, and of none that is gone or elsewhere", async () => {
  await using store = await openTemporaryStore();
  const { documents, indexRoots } = store;
  const id = await createKnowledgeBaseIn(documents);
  const other = await createKnowledgeBaseIn(documents, "other");
  await addReady(documents, id, "pears\napples\nplums");
  const client = new Sqlite(store.file, { readonly: true });
  const rows = client.prepare<[], { id: PassageId; text: string }>("SELECT id, text FROM passages").all();
  client.close();
  expect(rows).toHaveLength(3);
  const root = await indexRoots.indexRoot(id, call);
  for (const { id: passageId, text } of rows) {
    const proof = await indexRoots.prove(id, passageId, call);
    expect(proof).toMatchObject({ root, passageId, textSha256: sha256Hex(text) });
    expect(proof !== undefined && verifyInclusion(root, proof)).toBe(true);
    expect(await indexRoots.prove(other, passageId, call)).toBeUndefined();
  }
  expect(await indexRoots.prove(id, "psg_none" as PassageId, call)).toBeUndefined();
});
