import type { DocumentId, KnowledgeBaseId, Metadata, ParseWarning } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { documents } from "./documents.ts";

/**
 * At most two rows a document in each generation: the live version, and one that is in the making or failed. Because
 * both take part in the unique constraint, the same bytes are one document at any concurrency, also while they are being
 * read. While a next generation is made it has one version of each document, which readers hear nothing of.
 */
export const documentVersions = sqliteTable(
  "document_versions",
  {
    documentId: text("document_id")
      .$type<DocumentId>()
      .notNull()
      .references(() => documents.id, { onDelete: "cascade" }),
    version: integer().notNull(),
    /** The document's own, repeated for the unique constraint. */
    knowledgeBaseId: text("knowledge_base_id").$type<KnowledgeBaseId>().notNull(),
    sha256: text().notNull(),
    bytes: integer().notNull(),
    title: text().notNull(),
    fileName: text("file_name"),
    mediaType: text("media_type").notNull(),
    metadata: text({ mode: "json" }).$type<Metadata>().notNull(),
    warnings: text({ mode: "json" }).$type<readonly ParseWarning[]>().notNull(),
    passageCount: integer("passage_count").notNull().default(0),
    tokenCount: integer("token_count").notNull().default(0),
    pageCount: integer("page_count").notNull().default(0),
    parserId: text("parser_id"),
    splitterId: text("splitter_id"),
    createdAtMs: integer("created_at_ms").notNull(),
    readyAtMs: integer("ready_at_ms"),
    /** The extracted text. Last, so that reading the other columns does not walk through its overflow pages. */
    text: text(),
    /** The build of the knowledge base that this is made for. Behind the text: read through an index, or alone. */
    generation: integer().notNull().default(1),
  },
  (table) => [
    primaryKey({ columns: [table.documentId, table.version] }),
    /** Everything that a filter asks of a version, so that asking all of them does not walk past their texts. */
    index("document_versions_facts").on(
      table.knowledgeBaseId,
      table.documentId,
      table.version,
      table.bytes,
      table.mediaType,
      table.title,
      table.metadata,
    ),
    unique("document_versions_bytes").on(table.knowledgeBaseId, table.generation, table.sha256),
    check("document_versions_version", sql`${table.version} >= 1`),
    check("document_versions_sha256", sql`length(${table.sha256}) = 64 and ${table.sha256} not glob '*[^0-9a-f]*'`),
    check(
      "document_versions_counts",
      sql`${table.bytes} >= 0 and ${table.passageCount} >= 0 and ${table.tokenCount} >= 0 and ${table.pageCount} >= 0`,
    ),
    check("document_versions_ready", sql`(${table.readyAtMs} is null) = (${table.text} is null)`),
  ],
);
