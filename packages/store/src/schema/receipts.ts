import type { KnowledgeBaseId, Receipt, ReceiptId, Usage } from "@larder/contracts";
import { noTokens } from "@larder/contracts";
import { customType, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { parseExactJson, printExactJson } from "../exact-json.ts";
import { wholeNumberColumn } from "./column-types.ts";

const receiptColumn = customType<{ data: Receipt; driverData: string }>({
  dataType: () => "text",
  toDriver: printExactJson,
  fromDriver: (text) => withAllBuckets(parseExactJson(text) as Receipt), // only this table writes it
});

/** Receipts from before a bucket was told apart do not name it; none of its tokens were billed then. */
function withAllBuckets(receipt: Receipt): Receipt {
  const fill = (usage: Usage): Usage => ({ ...usage, tokens: { ...noTokens, ...usage.tokens } });
  const { route, usage, modelled } = receipt;
  const attempts = route.attempts.map((each) =>
    each.usage === undefined ? each : { ...each, usage: fill(each.usage) },
  );
  return {
    ...receipt,
    route: { ...route, attempts },
    ...(usage && { usage: fill(usage) }),
    ...(modelled && { modelled: { ...modelled, tokens: { ...noTokens, ...modelled.tokens } } }),
  };
}

/**
 * Append only, each row tied to the one before it; `receipt` is canonical JSON since there is a chain. The knowledge base is no foreign key: what an answer cost outlives what it was answered
 * from.
 */
export const receipts = sqliteTable(
  "receipts",
  {
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().$type<ReceiptId>().notNull().unique(),
    knowledgeBaseId: text("knowledge_base_id").$type<KnowledgeBaseId>().notNull(),
    createdAtMs: wholeNumberColumn("created_at_ms").notNull(),
    receipt: receiptColumn().notNull(),
    /** Null only in rows from before the chain, until the database is opened. */
    previousHash: text("previous_hash"),
    hash: text(),
  },
  (table) => [
    index("receipts_time").on(table.createdAtMs),
    index("receipts_knowledge_base_time").on(table.knowledgeBaseId, table.createdAtMs),
  ],
);
