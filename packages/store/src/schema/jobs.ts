import type { JobId, KnowledgeBaseId } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { knowledgeBases } from "./knowledge-bases.ts";

/** One upload, or one making anew. Its state follows from its counts. */
export const jobs = sqliteTable(
  "jobs",
  {
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().$type<JobId>().notNull().unique(),
    knowledgeBaseId: text("knowledge_base_id")
      .$type<KnowledgeBaseId>()
      .notNull()
      .references(() => knowledgeBases.id, { onDelete: "cascade" }),
    createdAtMs: integer("created_at_ms").notNull(),
    /** Set when no document of it is pending any more. */
    finishedAtMs: integer("finished_at_ms"),
    cancelledAtMs: integer("cancelled_at_ms"),
    /** Kept beside the documents' rows, so that the end of one of 100,000 costs no count of the others. */
    documentCount: integer("document_count").notNull().default(0),
    readyCount: integer("ready_count").notNull().default(0),
    failedCount: integer("failed_count").notNull().default(0),
    /** `reindex`: every document of the knowledge base made anew; only those that failed have rows of their own. */
    kind: text().$type<"upload" | "reindex">().notNull().default("upload"),
  },
  (table) => [
    index("jobs_knowledge_base").on(table.knowledgeBaseId),
    index("jobs_failed").on(table.number).where(sql`failed_count > 0`),
    index("jobs_open").on(table.number).where(sql`finished_at_ms is null`),
  ],
);
