import type { KnowledgeBaseId, Receipt, ReceiptId } from "@larder/contracts";
import { customType, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { parseExactJson, printExactJson } from "../exact-json.ts";
import { wholeNumberColumn } from "./column-types.ts";

const receiptColumn = customType<{ data: Receipt; driverData: string }>({
  dataType: () => "text",
  toDriver: printExactJson,
  fromDriver: (text) => parseExactJson(text) as Receipt, // only this table writes it
});

/** Append only. The knowledge base is no foreign key: what an answer cost outlives what it was answered from. */
export const receipts = sqliteTable(
  "receipts",
  {
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().$type<ReceiptId>().notNull().unique(),
    knowledgeBaseId: text("knowledge_base_id").$type<KnowledgeBaseId>().notNull(),
    createdAtMs: wholeNumberColumn("created_at_ms").notNull(),
    receipt: receiptColumn().notNull(),
  },
  (table) => [
    index("receipts_time").on(table.createdAtMs),
    index("receipts_knowledge_base_time").on(table.knowledgeBaseId, table.createdAtMs),
  ],
);
