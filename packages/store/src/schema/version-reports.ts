import type { DocumentId, KnowledgeBaseId, VersionTimings } from "@larder/contracts";
import { foreignKey, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { documentVersions } from "./document-versions.ts";

/**
 * How a version was made, and whose text it repeats. Apart from the version, whose last column is a text of any length:
 * what stands behind that is read through all of it. Versions from before this table have no row.
 */
export const versionReports = sqliteTable(
  "version_reports",
  {
    documentId: text("document_id").$type<DocumentId>().notNull(),
    version: integer().notNull(),
    /** The document's own, repeated for the index. */
    knowledgeBaseId: text("knowledge_base_id").$type<KnowledgeBaseId>().notNull(),
    /** Of the normalised text; null until the version is ready. */
    textSha256: text("text_sha256"),
    /** A document of this knowledge base that had the same text when this one became ready. */
    duplicateOf: text("duplicate_of").$type<DocumentId>(),
    /** Ready without passages, because `duplicateOf` has them. */
    isSkipped: integer("is_skipped", { mode: "boolean" }).notNull().default(false),
    passagesReused: integer("passages_reused").notNull().default(0),
    timings: text({ mode: "json" }).$type<VersionTimings>(),
    /** Tries that it took, or that it failed after. */
    attempts: integer().notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.documentId, table.version] }),
    foreignKey({
      name: "version_reports_version",
      columns: [table.documentId, table.version],
      foreignColumns: [documentVersions.documentId, documentVersions.version],
    }).onDelete("cascade"),
    index("version_reports_text").on(table.knowledgeBaseId, table.textSha256),
    index("version_reports_duplicate").on(table.duplicateOf),
  ],
);
