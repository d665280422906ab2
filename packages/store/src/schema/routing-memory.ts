import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What the router learned of each model, as text that only the router reads. A cache of experience: it may be emptied. */
export const routingMemory = sqliteTable(
  "routing_memory",
  {
    provider: text().notNull(),
    model: text().notNull(),
    state: text().notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.provider, table.model] })],
);
