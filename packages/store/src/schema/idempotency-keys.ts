import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A claim while `status` is NULL, a reply to repeat afterwards. Either is gone from `expires_at_ms` on. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    scope: text().notNull(),
    key: text().notNull(),
    fingerprint: text().notNull(),
    status: integer(),
    contentType: text("content_type"),
    body: text(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.key] }),
    index("idempotency_keys_expiry").on(table.expiresAtMs),
    check(
      "idempotency_keys_reply",
      sql`(${table.status} is null) = (${table.body} is null) and (${table.status} is null) = (${table.contentType} is null)`,
    ),
  ],
);
