import type { JobId, KnowledgeBaseId } from "@larder/contracts";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { knowledgeBases } from "./knowledge-bases.ts";

/** One upload. Its state follows from its documents. */
export const jobs = sqliteTable(
  "jobs",
  {
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().$type<JobId>().notNull().unique(),
    knowledgeBaseId: text("knowledge_base_id")
      .$type<KnowledgeBaseId>()
      .notNull()
      .references(() => knowledgeBases.id, { onDelete: "cascade" }),
    createdAtMs: integer("created_at_ms").notNull(),
    /** Set when no document of it is pending any more. */
    finishedAtMs: integer("finished_at_ms"),
  },
  (table) => [index("jobs_knowledge_base").on(table.knowledgeBaseId)],
);
