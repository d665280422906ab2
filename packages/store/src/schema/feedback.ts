import type { ReceiptId } from "@larder/contracts";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { receipts } from "./receipts.ts";

/** A person's word on an answer; a later one replaces it. */
export const feedback = sqliteTable("feedback", {
  receiptId: text("receipt_id")
    .$type<ReceiptId>()
    .primaryKey()
    .references(() => receipts.id),
  isGood: integer("is_good", { mode: "boolean" }).notNull(),
  atMs: integer("at_ms").notNull(),
});
