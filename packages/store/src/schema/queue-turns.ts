import type { KnowledgeBaseId } from "@larder/contracts";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Whose turn it was last: the next task of a priority is taken from the knowledge base after this one. */
export const queueTurns = sqliteTable("queue_turns", {
  priority: integer().primaryKey(),
  knowledgeBaseId: text("knowledge_base_id").$type<KnowledgeBaseId>().notNull(),
});
