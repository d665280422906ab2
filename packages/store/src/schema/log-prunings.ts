import type { KnowledgeBaseId } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { knowledgeBases } from "./knowledge-bases.ts";

/** How far the operation log of each collection has lost its deletes, with the adds that they end. */
export const logPrunings = sqliteTable(
  "log_prunings",
  {
    knowledgeBaseId: text("knowledge_base_id")
      .$type<KnowledgeBaseId>()
      .notNull()
      .references(() => knowledgeBases.id, { onDelete: "cascade" }),
    generation: integer().notNull(),
    /** The last sequence that may be missing. */
    through: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.knowledgeBaseId, table.generation] }),
    check("log_prunings_through", sql`${table.through} > 0`),
  ],
);
