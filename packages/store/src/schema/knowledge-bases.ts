import type { EmbedderId, KnowledgeBaseId, Metadata } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { HeldLanguages } from "../lexical/held-languages.ts";

/** The counts are totals over live versions and change in the transactions that change what they count. */
export const knowledgeBases = sqliteTable(
  "knowledge_bases",
  {
    /** Order of creation, never used again; names the lexical table of this knowledge base. */
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().$type<KnowledgeBaseId>().notNull().unique(),
    name: text().notNull().unique(),
    description: text().notNull(),
    settings: text({ mode: "json" }).$type<Metadata>().notNull(),
    embedderId: text("embedder_id").$type<EmbedderId>(),
    documentCount: integer("document_count").notNull().default(0),
    passageCount: integer("passage_count").notNull().default(0),
    tokenCount: integer("token_count").notNull().default(0),
    createdAtMs: integer("created_at_ms").notNull(),
    /** By whose rules passages became terms, with how many did. Queries are read by the same. */
    languages: text({ mode: "json" }).$type<HeldLanguages>().notNull().default({}),
    /** The terms table's id when they were made, or when making them anew began. Null: before there were ids. */
    termsId: text("terms_id"),
    /** Up to this document's number terms have been made anew; null when all of them are of `termsId`. */
    remadeDocument: integer("remade_document"),
    /** The build that searches see; its rows, terms and vectors carry this number. */
    generation: integer().notNull().default(1),
    /** The highest number that was ever given to one, also if it came to nothing. */
    lastGeneration: integer("last_generation").notNull().default(1),
    /** Since when rows of a generation that nobody sees any more are there; null when none are. */
    remainsSinceMs: integer("remains_since_ms"),
  },
  (table) => [
    check("knowledge_bases_name", sql`length(${table.name}) between 1 and 200`),
    check("knowledge_bases_settings", sql`json_valid(${table.settings})`),
    check(
      "knowledge_bases_counts",
      sql`${table.documentCount} >= 0 and ${table.passageCount} >= 0 and ${table.tokenCount} >= 0`,
    ),
  ],
);
