import type { BatchRequest, BatchRequestId, BatchState } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, customType, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { parseExactJson, printExactJson } from "../exact-json.ts";
import { wholeNumberColumn } from "./column-types.ts";

const exactJson = <T>(name: string) =>
  customType<{ data: T; driverData: string }>({
    dataType: () => "text",
    toDriver: printExactJson,
    fromDriver: (text) => parseExactJson(text) as T, // only this table writes it
  })(name);

/** Requests that may wait for a provider's batch, with their prompt, which a restart needs to go on. */
export const batchRequests = sqliteTable(
  "batch_requests",
  {
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().$type<BatchRequestId>().notNull().unique(),
    scope: text().notNull(),
    createdAtMs: wholeNumberColumn("created_at_ms").notNull(),
    deadlineAtMs: wholeNumberColumn("deadline_at_ms").notNull(),
    request: exactJson<BatchRequest["request"]>("request").notNull(),
    state: exactJson<BatchState>("state").notNull(),
    isOver: integer("is_over", { mode: "boolean" }).notNull(),
  },
  (table) => [
    index("batch_requests_unfinished").on(table.isOver, table.number),
    check("batch_requests_over", sql`${table.isOver} in (0, 1)`),
  ],
);
