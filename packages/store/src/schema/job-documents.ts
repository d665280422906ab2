import type { DocumentId, ErrorRecord, JobId } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { documents } from "./documents.ts";
import { jobs } from "./jobs.ts";

/**
 * What became of each document of an upload. `pending` follows the document's newest version, whichever upload brought
 * it: who waits for the job then finds what is newest.
 */
export const jobDocuments = sqliteTable(
  "job_documents",
  {
    jobId: text("job_id")
      .$type<JobId>()
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    /** Place among the uploads, from 0. */
    position: integer().notNull(),
    documentId: text("document_id")
      .$type<DocumentId>()
      .notNull()
      .references(() => documents.id, { onDelete: "cascade" }),
    outcome: text().$type<"pending" | "ready" | "failed">().notNull(),
    error: text({ mode: "json" }).$type<ErrorRecord>(),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.position] }),
    index("job_documents_document").on(table.documentId),
    index("job_documents_failed").on(table.jobId, table.position).where(sql`outcome = 'failed'`),
    check("job_documents_outcome", sql`${table.outcome} in ('pending', 'ready', 'failed')`),
    check("job_documents_error", sql`(${table.outcome} = 'failed') = (${table.error} is not null)`),
  ],
);
