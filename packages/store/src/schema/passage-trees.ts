import type { KnowledgeBaseId } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { blob, check, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { knowledgeBases } from "./knowledge-bases.ts";

/** The tree of a knowledge base's root as it once was, so that a new process need not make it from all leaves. Derived. */
export const passageTrees = sqliteTable(
  "passage_trees",
  {
    knowledgeBaseId: text("knowledge_base_id")
      .$type<KnowledgeBaseId>()
      .primaryKey()
      .references(() => knowledgeBases.id, { onDelete: "cascade" }),
    /** The last operation of the log that it holds. */
    sequence: integer().notNull(),
    /** Hashes of the 4,096 buckets. */
    buckets: blob({ mode: "buffer" }).notNull(),
    /** Of the knowledge base. */
    generation: integer().notNull().default(1),
  },
  (table) => [check("passage_trees_buckets", sql`length(${table.buckets}) = 131072`)],
);
