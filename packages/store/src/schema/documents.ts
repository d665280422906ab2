import type { DocumentId, DocumentStatus, ErrorRecord, KnowledgeBaseId } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, integer, real, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { knowledgeBases } from "./knowledge-bases.ts";

/** What stays the same over a document's versions. `status`, `progress` and `error` tell of the newest version. */
export const documents = sqliteTable(
  "documents",
  {
    /** Order of arrival, never used again; cursors are made of it. */
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().$type<DocumentId>().notNull().unique(),
    knowledgeBaseId: text("knowledge_base_id")
      .$type<KnowledgeBaseId>()
      .notNull()
      .references(() => knowledgeBases.id, { onDelete: "cascade" }),
    /** The version that search finds; 0 before the first is ready. */
    liveVersion: integer("live_version").notNull().default(0),
    /** The version that readers are told about: the live one, or the first one while it is in the making. */
    shownVersion: integer("shown_version").notNull(),
    /** The highest number given to a version of this document, also if it came to nothing. */
    lastVersion: integer("last_version").notNull(),
    /** The version of the generation in the making, made or in the queue; null where there is none. */
    nextVersion: integer("next_version"),
    status: text().$type<DocumentStatus>().notNull(),
    progress: real().notNull().default(0),
    error: text({ mode: "json" }).$type<ErrorRecord>(),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [
    unique("documents_order").on(table.knowledgeBaseId, table.number),
    check("documents_status", sql`${table.status} in ('queued', 'parsing', 'embedding', 'ready', 'failed')`),
    check("documents_progress", sql`${table.progress} between 0 and 1`),
    check("documents_error", sql`(${table.status} = 'failed') = (${table.error} is not null)`),
    check(
      "documents_versions",
      sql`${table.liveVersion} between 0 and ${table.lastVersion} and ${table.shownVersion} between 1 and ${table.lastVersion}`,
    ),
    check("documents_live", sql`${table.liveVersion} in (0, ${table.shownVersion})`),
    check("documents_ready", sql`${table.status} <> 'ready' or ${table.liveVersion} > 0`),
  ],
);
