import type { KnowledgeBaseId, Label } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { knowledgeBases } from "./knowledge-bases.ts";

/**
 * What a vector index has to do to follow the database. Labels are not foreign keys: a `delete` outlives its passage. When
 * no index needs it any more it goes, and its `add` with it: see prune-operations.ts.
 */
export const indexOperations = sqliteTable(
  "index_operations",
  {
    /** One sequence for all knowledge bases, so it also grows strictly within each. */
    sequence: integer().primaryKey({ autoIncrement: true }),
    knowledgeBaseId: text("knowledge_base_id")
      .$type<KnowledgeBaseId>()
      .notNull()
      .references(() => knowledgeBases.id, { onDelete: "cascade" }),
    kind: text().$type<"add" | "delete">().notNull(),
    label: integer().$type<Label>().notNull(),
    /** Of the passage, in the tree that the knowledge base's root is of. Null in rows from before there was one. */
    bucket: integer(),
    /** The build of the knowledge base that this belongs to. */
    generation: integer().notNull().default(1),
  },
  (table) => [
    index("index_operations_order").on(table.knowledgeBaseId, table.generation, table.sequence),
    // Both for pruning, which looks for old deletes and then for their adds.
    index("index_operations_deletes")
      .on(table.knowledgeBaseId, table.generation, table.sequence)
      .where(sql`${table.kind} = 'delete'`),
    index("index_operations_label").on(table.label),
    check("index_operations_kind", sql`${table.kind} in ('add', 'delete')`),
    check("index_operations_label", sql`${table.label} between 1 and 4294967294`),
  ],
);
