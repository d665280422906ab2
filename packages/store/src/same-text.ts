import type { DocumentId, KnowledgeBaseId } from "@larder/contracts";
import { and, asc, eq, isNotNull, ne, sql } from "drizzle-orm";
import { claimsWaitingFor, moveClaim } from "./claims.ts";
import { findKnowledgeBase } from "./find-rows.ts";
import { isLiveReport } from "./live-version.ts";
import { moveUnready } from "./move-unready.ts";
import { leaveReindexing, remakeAgain } from "./next-versions.ts";
import { prepared } from "./prepared-statement.ts";
import { readDocumentRow } from "./reindexing-rows.ts";
import { documents, jobDocuments, jobs, knowledgeBases, versionReports } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { Staging } from "./stage-version.ts";
import { requeueLive } from "./stage-version.ts";
import type { StoreContext } from "./store-context.ts";
import type { VersionReportRow } from "./version-report.ts";

const selectSameText = prepared((queries) =>
  queries
    .select({ id: documents.id })
    .from(versionReports)
    .innerJoin(documents, isLiveReport)
    .where(
      and(
        eq(versionReports.knowledgeBaseId, sql.placeholder("knowledgeBaseId")),
        eq(versionReports.textSha256, sql.placeholder("textSha256")),
        eq(versionReports.isSkipped, false),
        ne(versionReports.documentId, sql.placeholder("documentId")),
      ),
    )
    .orderBy(asc(documents.number))
    .limit(1)
    .prepare(),
);

/** The oldest other document whose live version has this text, and passages of it. */
export function findSameText(
  queries: Queries,
  text: { readonly knowledgeBaseId: KnowledgeBaseId; readonly documentId: DocumentId; readonly textSha256: string },
): DocumentId | undefined {
  return selectSameText(queries).get(text)?.id;
}

/**
 * Called in the transaction in which a document stops having a text that others are reported to repeat. The others are
 * pointed at the next one that has it. Where none with passages is left, those that went without go back to the queue,
 * for a job of their own: they are found again when they are ready, and until then their status says that they are not.
 */
export function releaseDuplicates(
  context: Pick<StoreContext, "ids" | "clock" | "terms">,
  queries: Queries,
  gone: Pick<VersionReportRow, "documentId" | "knowledgeBaseId" | "textSha256">,
): void {
  const { knowledgeBaseId, textSha256 } = gone;
  const { ids, clock } = context;
  if (textSha256 === null) return;
  const pointing = queries
    .select({ report: versionReports, document: documents })
    .from(versionReports)
    .innerJoin(documents, isLiveReport)
    .where(and(eq(versionReports.duplicateOf, gone.documentId), isNotNull(versionReports.textSha256)))
    .orderBy(asc(documents.number))
    .all();
  if (pointing.length === 0) return;
  const knowledgeBase = findKnowledgeBase(queries, knowledgeBaseId);
  const heir = findSameText(queries, { knowledgeBaseId, documentId: gone.documentId, textSha256 });
  if (heir !== undefined) {
    for (const { report } of pointing) {
      pointAt(queries, report, report.documentId === heir ? null : heir);
      remakeAgain(context, queries, knowledgeBase, report.documentId);
    }
    return;
  }
  const jobId = ids.next("job");
  const nowMs = clock.nowMs();
  queries.insert(jobs).values({ id: jobId, knowledgeBaseId, createdAtMs: nowMs, documentCount: pointing.length }).run();
  const { generation } = knowledgeBase;
  const staging = { context, queries, nowMs, jobId, knowledgeBaseId, generation, priority: "high" as const };
  for (const [position, { report }] of pointing.entries()) {
    const { documentId, version } = report;
    queries
      .delete(versionReports)
      .where(and(eq(versionReports.documentId, documentId), eq(versionReports.version, version)))
      .run();
    queries.insert(jobDocuments).values({ jobId, position, documentId, outcome: "pending" }).run();
    leaveReindexing(context, queries, knowledgeBase, documentId);
    keepFailed(staging, documentId);
    requeueLive(staging, readDocumentRow(queries, documentId));
  }
  queries
    .update(knowledgeBases)
    .set({ documentCount: sql`${knowledgeBases.documentCount} - ${pointing.length}` })
    .where(eq(knowledgeBases.id, knowledgeBaseId))
    .run();
}

/** A newer version that failed gives way to the live one; who waits for nothing but that one keeps it. */
function keepFailed(staging: Staging, id: DocumentId): void {
  const { queries } = staging;
  const document = readDocumentRow(queries, id);
  if (document.status !== "failed") return;
  const waiting = claimsWaitingFor(queries, id);
  if (waiting.some(({ liveId }) => liveId !== id)) moveUnready(staging, document, waiting);
  else for (const claim of waiting) moveClaim(queries, claim, { nextId: null });
}

function pointAt(queries: Queries, { documentId, version }: VersionReportRow, duplicateOf: DocumentId | null): void {
  queries
    .update(versionReports)
    .set({ duplicateOf })
    .where(and(eq(versionReports.documentId, documentId), eq(versionReports.version, version)))
    .run();
}
