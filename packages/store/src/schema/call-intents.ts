import type { CallIntent, ReceiptId } from "@larder/contracts";
import { customType, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { parseExactJson, printExactJson } from "../exact-json.ts";

const intentColumn = customType<{ data: CallIntent; driverData: string }>({
  dataType: () => "text",
  toDriver: printExactJson,
  fromDriver: (text) => parseExactJson(text) as CallIntent, // only this table writes it
});

/** What is being asked of providers for answers without a receipt yet. A row goes with the receipt of its id. */
export const callIntents = sqliteTable("call_intents", {
  receiptId: text("receipt_id").$type<ReceiptId>().primaryKey(),
  intent: intentColumn().notNull(),
});
