import type { DocumentId, KnowledgeBaseId, Label, LanguageCode, PassageId } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { blob, check, foreignKey, integer, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { documentVersions } from "./document-versions.ts";

/** Passages of live versions, and of those that a generation in the making, or one that is being removed, has. */
export const passages = sqliteTable(
  "passages",
  {
    /** AUTOINCREMENT: a label is never used again, so a stale index entry can never point at another passage. */
    label: integer().$type<Label>().primaryKey({ autoIncrement: true }),
    id: text().$type<PassageId>().notNull().unique(),
    knowledgeBaseId: text("knowledge_base_id").$type<KnowledgeBaseId>().notNull(),
    documentId: text("document_id").$type<DocumentId>().notNull(),
    version: integer().notNull(),
    ordinal: integer().notNull(),
    headings: text({ mode: "json" }).$type<readonly string[]>().notNull(),
    page: integer(),
    startOffset: integer("start_offset").notNull(),
    endOffset: integer("end_offset").notNull(),
    lead: text().notNull(),
    tokens: integer().notNull(),
    /** By whose rules the passage became terms; null where nothing was clear. */
    language: text().$type<LanguageCode>(),
    text: text().notNull(),
    /** See passage-sentences.ts; null where nobody read any. */
    sentences: blob({ mode: "buffer" }),
    /** The build of the knowledge base that this belongs to. */
    generation: integer().notNull().default(1),
  },
  (table) => [
    foreignKey({
      name: "passages_version",
      columns: [table.documentId, table.version],
      foreignColumns: [documentVersions.documentId, documentVersions.version],
    }).onDelete("cascade"),
    unique("passages_order").on(table.documentId, table.version, table.ordinal),
    check("passages_label", sql`${table.label} between 1 and 4294967294`),
    check("passages_offsets", sql`${table.startOffset} between 0 and ${table.endOffset}`),
    check(
      "passages_numbers",
      sql`${table.ordinal} >= 0 and ${table.tokens} >= 0 and (${table.page} is null or ${table.page} >= 1)`,
    ),
  ],
);
