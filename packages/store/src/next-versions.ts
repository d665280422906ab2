import type { DocumentId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { and, eq } from "drizzle-orm";
import { removePassages } from "./delete-passages.ts";
import type { KnowledgeBaseRow } from "./find-rows.ts";
import { priorityNumbers } from "./lease-tasks.ts";
import type { ReindexingRow } from "./reindexing-rows.ts";
import { changeLanguages, countDocuments, findReindexing, readDocumentRow, termsOfNext } from "./reindexing-rows.ts";
import { documents, documentVersions, tasks } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

/** A version of the live bytes for the generation in the making. Its number; nothing is made of it yet. */
export function insertNextVersion(
  queries: Queries,
  documentId: DocumentId,
  { generation }: Pick<ReindexingRow, "generation">,
): number {
  const { liveVersion, lastVersion } = readDocumentRow(queries, documentId);
  const version = lastVersion + 1;
  const { knowledgeBaseId, sha256, bytes, title, fileName, mediaType, metadata, createdAtMs } = documentVersions;
  const live = queries
    .select({ knowledgeBaseId, sha256, bytes, title, fileName, mediaType, metadata, createdAtMs })
    .from(documentVersions)
    .where(and(eq(documentVersions.documentId, documentId), eq(documentVersions.version, liveVersion)))
    .get();
  if (live === undefined) throw new LarderError("UNEXPECTED", { cause: "a live version's row is missing" });
  queries
    .insert(documentVersions)
    .values({ ...live, documentId, version, warnings: [], generation })
    .run();
  queries
    .update(documents)
    .set({ nextVersion: version, lastVersion: version })
    .where(eq(documents.id, documentId))
    .run();
  return version;
}

/** Puts a live document into the queue, behind all that senders wait for, to be made for the next generation. */
export function stageRemake(
  { ids, clock }: Pick<StoreContext, "ids" | "clock">,
  queries: Queries,
  reindexing: ReindexingRow,
  documentId: DocumentId,
): void {
  const { jobId, knowledgeBaseId, generation } = reindexing;
  const nowMs = clock.nowMs();
  const version = insertNextVersion(queries, documentId, reindexing);
  const task = { id: ids.next("task"), jobId, knowledgeBaseId, documentId, version, remadeFor: generation };
  queries
    .insert(tasks)
    .values({ ...task, dueAtMs: nowMs, createdAtMs: nowMs, priority: priorityNumbers.low })
    .run();
}

/** Takes what a document has in the generation in the making away, made or not. */
export function dropNextVersion(
  { terms }: Pick<StoreContext, "terms">,
  queries: Queries,
  reindexing: ReindexingRow,
  knowledgeBase: Pick<KnowledgeBaseRow, "id" | "number">,
  documentId: DocumentId,
): void {
  const { nextVersion } = readDocumentRow(queries, documentId);
  if (nextVersion === null) return;
  const ofNext = and(eq(documentVersions.documentId, documentId), eq(documentVersions.version, nextVersion));
  const next = queries.select({ readyAtMs: documentVersions.readyAtMs }).from(documentVersions).where(ofNext).get();
  const removed = removePassages(queries, terms, {
    ...{ knowledgeBaseId: knowledgeBase.id, documentId, version: nextVersion },
    termsTable: termsOfNext(knowledgeBase, reindexing),
  });
  changeLanguages(queries, knowledgeBase.id, { removed });
  queries.delete(documentVersions).where(ofNext).run(); // its task goes with it
  queries.update(documents).set({ nextVersion: null }).where(eq(documents.id, documentId)).run();
  if (next !== undefined && next.readyAtMs !== null) countDocuments(queries, reindexing, { made: -1 });
}

/** A live document goes: it is none of those that are made anew any more. */
export function leaveReindexing(
  context: Pick<StoreContext, "terms">,
  queries: Queries,
  knowledgeBase: Pick<KnowledgeBaseRow, "id" | "number">,
  documentId: DocumentId,
): void {
  const reindexing = findReindexing(queries, knowledgeBase.id);
  if (reindexing === undefined) return;
  dropNextVersion(context, queries, reindexing, knowledgeBase, documentId);
  countDocuments(queries, reindexing, { documents: -1 });
}

/** What a live document's version in the next generation says does not hold any more: it is made again. */
export function remakeAgain(
  context: Pick<StoreContext, "terms" | "ids" | "clock">,
  queries: Queries,
  knowledgeBase: Pick<KnowledgeBaseRow, "id" | "number">,
  documentId: DocumentId,
): void {
  const reindexing = findReindexing(queries, knowledgeBase.id);
  if (reindexing === undefined || readDocumentRow(queries, documentId).nextVersion === null) return;
  dropNextVersion(context, queries, reindexing, knowledgeBase, documentId);
  stageRemake(context, queries, reindexing, documentId);
}
