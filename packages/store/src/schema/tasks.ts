import type { DocumentId, ErrorRecord, JobId, KnowledgeBaseId, TaskId } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { documentVersions } from "./document-versions.ts";
import { jobs } from "./jobs.ts";

/** Work that is not done: a task's row goes when it ends. */
export const tasks = sqliteTable(
  "tasks",
  {
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().$type<TaskId>().notNull().unique(),
    jobId: text("job_id")
      .$type<JobId>()
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    knowledgeBaseId: text("knowledge_base_id").$type<KnowledgeBaseId>().notNull(),
    documentId: text("document_id").$type<DocumentId>().notNull(),
    version: integer().notNull(),
    attempts: integer().notNull().default(0),
    /** May be leased from then on: when it waits, the end of its delay; when it is held, the end of the lease. */
    dueAtMs: integer("due_at_ms").notNull(),
    leaseToken: text("lease_token"),
    leasedBy: text("leased_by"),
    /** Why it was given back last. */
    lastError: text("last_error", { mode: "json" }).$type<ErrorRecord>(),
    createdAtMs: integer("created_at_ms").notNull(),
    /** 0 high, 1 normal, 2 low. */
    priority: integer().notNull().default(1),
    /** Makes a document's live version anew for this generation; null: makes a version that a sender brought. */
    remadeFor: integer("remade_for"),
  },
  (table) => [
    foreignKey({
      name: "tasks_version",
      columns: [table.documentId, table.version],
      foreignColumns: [documentVersions.documentId, documentVersions.version],
    }).onDelete("cascade"),
    unique("tasks_document_version").on(table.documentId, table.version),
    index("tasks_remade").on(table.knowledgeBaseId).where(sql`remade_for is not null`),
    index("tasks_job").on(table.jobId),
    /** The order in which tasks are leased: whoever looks reads the rows that it takes, and one a knowledge base. */
    index("tasks_turn").on(table.priority, table.knowledgeBaseId, table.dueAtMs),
    check("tasks_attempts", sql`${table.attempts} >= 0`),
    check("tasks_lease", sql`(${table.leaseToken} is null) = (${table.leasedBy} is null)`),
  ],
);
