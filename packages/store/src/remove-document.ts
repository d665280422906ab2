import type { DocumentId } from "@larder/contracts";
import { eq } from "drizzle-orm";
import { deletePassages } from "./delete-passages.ts";
import { findDocument, findKnowledgeBase } from "./find-rows.ts";
import { endJobWithoutPending, leaveJobs, settleDocument } from "./job-rows.ts";
import { leaveReindexing } from "./next-versions.ts";
import { readDocumentRow } from "./reindexing-rows.ts";
import { releaseDuplicates } from "./same-text.ts";
import { documents, jobDocuments } from "./schema/index.ts";
import type { Tidying } from "./stage-version.ts";

/**
 * Takes a document out of everything, with its claims. Its places in jobs go to the `heir`, who has its senders now, or
 * else out of their counts.
 */
export function removeDocument(tidying: Tidying, id: DocumentId, heir?: DocumentId): void {
  const { context, queries, knowledgeBaseId, nowMs } = tidying;
  const { document, shown, report } = findDocument(queries, knowledgeBaseId, id);
  if (document.liveVersion > 0) {
    const knowledgeBase = findKnowledgeBase(queries, knowledgeBaseId);
    leaveReindexing(context, queries, knowledgeBase, id);
    deletePassages(queries, context.terms, {
      ...{ knowledgeBaseId, termsTable: knowledgeBase, documentId: id, version: document.liveVersion },
      tokenCount: report?.isSkipped === true ? 0 : shown.tokenCount,
    });
  }
  const left = heir === undefined ? leaveJobs(queries, id) : [];
  if (heir !== undefined) {
    queries.update(jobDocuments).set({ documentId: heir }).where(eq(jobDocuments.documentId, id)).run();
  }
  queries.delete(documents).where(eq(documents.id, id)).run(); // versions, task and places in jobs go with it
  for (const jobId of left) endJobWithoutPending(queries, jobId, nowMs);
  if (heir !== undefined && readDocumentRow(queries, heir).status === "ready") {
    settleDocument(queries, heir, { outcome: "ready" }, nowMs);
  }
  if (report !== null && document.liveVersion > 0) releaseDuplicates(context, queries, report);
}
