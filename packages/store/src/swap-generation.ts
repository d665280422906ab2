import { and, eq, isNotNull, isNull, ne, sql } from "drizzle-orm";
import type { KnowledgeBaseRow } from "./find-rows.ts";
import { isLiveReport, isLiveVersion } from "./live-version.ts";
import { unparkTasks } from "./parked-tasks.ts";
import type { ReindexingRow } from "./reindexing-rows.ts";
import { documents, documentVersions, jobs, knowledgeBases, reindexings, versionReports } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";

/**
 * Makes the generation in the making the one that searches see, in the caller's transaction. Every live document has a
 * version in it. No passage, vector or text is touched: rows of documents change, and two of the knowledge base. What
 * was searched until now stays, unseen, until it is removed in slices.
 */
export function swapGeneration(queries: Queries, { id }: KnowledgeBaseRow, next: ReindexingRow, nowMs: number): void {
  const { generation, embedderId, languages, termsId, jobId } = next;
  // What senders wait for, or what failed, is of the generation that is live when it is made.
  const ofOthers = and(eq(documentVersions.knowledgeBaseId, id), ne(documentVersions.generation, generation));
  const unready = sql`(${documentVersions.documentId}, ${documentVersions.version}) in
    (select v.document_id, v.version from ${documents} d join ${documentVersions} v on v.document_id = d.id
     where d.knowledge_base_id = ${id} and d.status <> 'ready' and v.version <> d.live_version
       and v.ready_at_ms is null and v.generation =
         (select k.generation from ${knowledgeBases} k where k.id = ${id}))`;
  queries.update(documentVersions).set({ generation }).where(and(ofOthers, unready)).run();
  queries
    .update(documents)
    .set({ liveVersion: sql`next_version`, shownVersion: sql`next_version`, nextVersion: null })
    .where(and(eq(documents.knowledgeBaseId, id), isNotNull(documents.nextVersion)))
    .run();
  const counted = queries
    .select({
      passages: sql<number>`coalesce(sum(${documentVersions.passageCount}), 0)`,
      tokens: sql<number>`coalesce(sum(case when ${versionReports.isSkipped} then 0
        else ${documentVersions.tokenCount} end), 0)`,
      documents: sql<number>`count(*)`,
    })
    .from(documents)
    .innerJoin(documentVersions, isLiveVersion)
    .leftJoin(versionReports, isLiveReport)
    .where(eq(documents.knowledgeBaseId, id))
    .get();
  queries
    .update(knowledgeBases)
    .set({
      ...{ generation, embedderId, languages, termsId, remadeDocument: null, remainsSinceMs: nowMs },
      documentCount: counted?.documents ?? 0,
      passageCount: counted?.passages ?? 0,
      tokenCount: counted?.tokens ?? 0,
    })
    .where(eq(knowledgeBases.id, id))
    .run();
  queries.delete(reindexings).where(eq(reindexings.knowledgeBaseId, id)).run();
  queries.update(jobs).set({ finishedAtMs: nowMs }).where(eq(jobs.id, jobId)).run();
  unparkTasks(queries, id);
}

/** A live document without a version in the generation in the making; none in a run without surprises. */
export function isAnyUnstaged(queries: Queries, { id }: KnowledgeBaseRow): boolean {
  const unstaged = queries
    .select({ number: documents.number })
    .from(documents)
    .where(and(eq(documents.knowledgeBaseId, id), isNull(documents.nextVersion), sql`${documents.liveVersion} > 0`));
  return unstaged.limit(1).get() !== undefined;
}
