import type { KnowledgeBaseId, Label, PassageId } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { blob, check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { passages } from "./passages.ts";

/**
 * What the knowledge base's Merkle root is made of: one leaf a passage. Derived from passage and vector, kept so that
 * nobody has to read these for a root. Passages from before this table get their leaf when a root is first asked for.
 */
export const passageLeaves = sqliteTable(
  "passage_leaves",
  {
    label: integer()
      .$type<Label>()
      .primaryKey()
      .references(() => passages.label, { onDelete: "cascade" }),
    knowledgeBaseId: text("knowledge_base_id").$type<KnowledgeBaseId>().notNull(),
    bucket: integer().notNull(),
    passageId: text("passage_id").$type<PassageId>().notNull(),
    leaf: blob({ mode: "buffer" }).notNull(),
    /** The build of the knowledge base that this belongs to. */
    generation: integer().notNull().default(1),
  },
  (table) => [
    /** All that is asked of the table, so that no row is looked up. */
    index("passage_leaves_bucket").on(
      table.knowledgeBaseId,
      table.generation,
      table.bucket,
      table.passageId,
      table.leaf,
    ),
    check("passage_leaves_bucket_number", sql`${table.bucket} between 0 and 4095`),
    check("passage_leaves_leaf", sql`length(${table.leaf}) = 32`),
  ],
);
