import type { DocumentId, KnowledgeBaseId, Upload } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { documents } from "./documents.ts";
import { knowledgeBases } from "./knowledge-bases.ts";

/**
 * Who keeps a document here: one row an external id, and one for all senders of a document that gave none. A claim moves
 * to other bytes in two steps, so that its sender's old text is found until the new one is: `nextId` names the document
 * whose version in the making, or failed, the sender means, `liveId` the one whose text it has until then. Both are the
 * same document where a version replaces another one of it.
 */
export const documentClaims = sqliteTable(
  "document_claims",
  {
    /** Order of arrival. */
    number: integer().primaryKey({ autoIncrement: true }),
    knowledgeBaseId: text("knowledge_base_id")
      .$type<KnowledgeBaseId>()
      .notNull()
      .references(() => knowledgeBases.id, { onDelete: "cascade" }),
    externalId: text("external_id"),
    liveId: text("live_id")
      .$type<DocumentId>()
      .references(() => documents.id, { onDelete: "cascade" }),
    nextId: text("next_id")
      .$type<DocumentId>()
      .references(() => documents.id, { onDelete: "cascade" }),
    /** What the sender says of the bytes, where the document shows what another one said. */
    said: text({ mode: "json" }).$type<Pick<Upload, "fileName" | "metadata">>(),
  },
  (table) => [
    unique("document_claims_external_id").on(table.knowledgeBaseId, table.externalId),
    index("document_claims_live").on(table.liveId),
    index("document_claims_next").on(table.nextId),
    check("document_claims_of_some", sql`${table.liveId} is not null or ${table.nextId} is not null`),
  ],
);
