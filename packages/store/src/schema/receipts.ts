import type { KnowledgeBaseId, ReceiptId } from "@larder/contracts";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { wholeNumberColumn } from "./column-types.ts";

/**
 * Append only, each row tied to the one before it; `receipt` is canonical JSON since there is a chain, and stays text
 * here: hashes are made of it, and what cannot be read must say which row it is. The knowledge base is no foreign key:
 * what an answer cost outlives what it was answered from.
 */
export const receipts = sqliteTable(
  "receipts",
  {
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().$type<ReceiptId>().notNull().unique(),
    knowledgeBaseId: text("knowledge_base_id").$type<KnowledgeBaseId>().notNull(),
    createdAtMs: wholeNumberColumn("created_at_ms").notNull(),
    receipt: text().notNull(),
    /** Null only in rows from before the chain, until the database is opened. */
    previousHash: text("previous_hash"),
    hash: text(),
  },
  (table) => [
    index("receipts_time").on(table.createdAtMs),
    index("receipts_knowledge_base_time").on(table.knowledgeBaseId, table.createdAtMs),
  ],
);
