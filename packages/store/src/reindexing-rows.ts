import type { DocumentId, ErrorRecord, KnowledgeBaseId, Make, Reindexing } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { and, eq, isNotNull, sql } from "drizzle-orm";
import type { KnowledgeBaseRow } from "./find-rows.ts";
import type { PassageLanguage } from "./lexical/held-languages.ts";
import { holdLanguages } from "./lexical/held-languages.ts";
import { unparkTasks } from "./parked-tasks.ts";
import { prepared } from "./prepared-statement.ts";
import { documents, jobDocuments, jobs, knowledgeBases, reindexings, tasks } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

export type ReindexingRow = typeof reindexings.$inferSelect;

const selectReindexing = prepared((queries) =>
  queries
    .select()
    .from(reindexings)
    .where(eq(reindexings.knowledgeBaseId, sql.placeholder("knowledgeBaseId")))
    .prepare(),
);

export function findReindexing(queries: Queries, knowledgeBaseId: KnowledgeBaseId): ReindexingRow | undefined {
  return selectReindexing(queries).get({ knowledgeBaseId });
}

export function toReindexing(queries: Queries, row: ReindexingRow): Reindexing {
  const { knowledgeBaseId, generation, jobId, embedderId, parserId, splitterId, startedAtMs } = row;
  const job = queries.select().from(jobs).where(eq(jobs.id, jobId)).get();
  const { documentCount: total = 0, readyCount: made = 0 } = job ?? {};
  return {
    ...{ knowledgeBaseId, generation, jobId, startedAtMs },
    target: { embedderId, parserId, splitterId },
    documents: total,
    documentsLeft: Math.max(0, total - made),
  };
}

export function isOfMake(made: Make, { embedderId, parserId, splitterId }: Make): boolean {
  return made.embedderId === embedderId && made.parserId === parserId && made.splitterId === splitterId;
}

/** Keeps the counts of a reindexing's job: live documents, and those that have a version in the new generation. */
export function countDocuments(
  queries: Queries,
  { jobId }: Pick<ReindexingRow, "jobId">,
  more: { readonly documents?: number; readonly made?: number },
): void {
  queries
    .update(jobs)
    .set({
      documentCount: sql`${jobs.documentCount} + ${more.documents ?? 0}`,
      readyCount: sql`${jobs.readyCount} + ${more.made ?? 0}`,
    })
    .where(eq(jobs.id, jobId))
    .run();
}

/** Keeps the languages of a generation in the making, as passages come to it and go. */
export function changeLanguages(
  queries: Queries,
  knowledgeBaseId: KnowledgeBaseId,
  change: { readonly added?: readonly PassageLanguage[]; readonly removed?: readonly PassageLanguage[] },
): void {
  const row = findReindexing(queries, knowledgeBaseId);
  if (row === undefined) return;
  const languages = holdLanguages(row.languages, change.added ?? [], change.removed);
  queries.update(reindexings).set({ languages }).where(eq(reindexings.knowledgeBaseId, knowledgeBaseId)).run();
}

export type ReindexingEnd =
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly documentId: DocumentId; readonly error: ErrorRecord };

/** Gives a generation in the making up. Its rows are remains from now on; searches go on as they were. */
export function abandonReindexing(queries: Queries, row: ReindexingRow, end: ReindexingEnd, nowMs: number): void {
  const { knowledgeBaseId, jobId } = row;
  queries
    .delete(tasks)
    .where(and(eq(tasks.knowledgeBaseId, knowledgeBaseId), isNotNull(tasks.remadeFor)))
    .run();
  queries
    .update(documents)
    .set({ nextVersion: null })
    .where(and(eq(documents.knowledgeBaseId, knowledgeBaseId), isNotNull(documents.nextVersion)))
    .run();
  queries.delete(reindexings).where(eq(reindexings.knowledgeBaseId, knowledgeBaseId)).run();
  unparkTasks(queries, knowledgeBaseId);
  queries.update(knowledgeBases).set({ remainsSinceMs: nowMs }).where(eq(knowledgeBases.id, knowledgeBaseId)).run();
  if (end.kind === "failed") {
    const { documentId, error } = end;
    queries.insert(jobDocuments).values({ jobId, position: 0, documentId, outcome: "failed", error }).run();
  }
  const ended = end.kind === "cancelled" ? { cancelledAtMs: nowMs } : { failedCount: 1 };
  queries
    .update(jobs)
    .set({ finishedAtMs: nowMs, ...ended })
    .where(eq(jobs.id, jobId))
    .run();
}

/** The table of terms of the generation in the making. */
export function termsOfNext({ number }: Pick<KnowledgeBaseRow, "number">, { generation }: ReindexingRow) {
  return { number, generation };
}

/** @throws {@link LarderError} `UNEXPECTED` when the document is not there */
export function readDocumentRow(queries: Queries, id: DocumentId): typeof documents.$inferSelect {
  const row = queries.select().from(documents).where(eq(documents.id, id)).get();
  if (row === undefined) throw new LarderError("UNEXPECTED", { cause: "a document's row is missing" });
  return row;
}
