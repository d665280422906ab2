import type { EmbedderId, KnowledgeBaseId, QuestionOutcome, ReceiptId } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { vectorColumn } from "./column-types.ts";
import { knowledgeBases } from "./knowledge-bases.ts";

/** Vectors of the newest questions of each knowledge base, with how answers turned out. No words of them. */
export const pastQuestions = sqliteTable(
  "past_questions",
  {
    /** Order of arrival: the lowest of a knowledge base gives way. */
    number: integer().primaryKey({ autoIncrement: true }),
    receiptId: text("receipt_id").$type<ReceiptId>().notNull().unique(),
    knowledgeBaseId: text("knowledge_base_id")
      .$type<KnowledgeBaseId>()
      .notNull()
      .references(() => knowledgeBases.id, { onDelete: "cascade" }),
    embedderId: text("embedder_id").$type<EmbedderId>().notNull(),
    vector: vectorColumn().notNull(),
    outcomes: text({ mode: "json" }).$type<readonly QuestionOutcome[]>().notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (table) => [
    index("past_questions_knowledge_base").on(table.knowledgeBaseId, table.number),
    check("past_questions_vector", sql`length(${table.vector}) > 0 and length(${table.vector}) % 4 = 0`),
    check("past_questions_outcomes", sql`json_valid(${table.outcomes})`),
  ],
);
