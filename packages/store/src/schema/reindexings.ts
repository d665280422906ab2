import type { EmbedderId, JobId, KnowledgeBaseId } from "@larder/contracts";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { HeldLanguages } from "../lexical/held-languages.ts";
import { jobs } from "./jobs.ts";
import { knowledgeBases } from "./knowledge-bases.ts";

/** A generation in the making: at most one a knowledge base. Gone once it is what searches see, or given up. */
export const reindexings = sqliteTable("reindexings", {
  knowledgeBaseId: text("knowledge_base_id")
    .$type<KnowledgeBaseId>()
    .primaryKey()
    .references(() => knowledgeBases.id, { onDelete: "cascade" }),
  generation: integer().notNull(),
  jobId: text("job_id")
    .$type<JobId>()
    .notNull()
    .references(() => jobs.id, { onDelete: "cascade" }),
  embedderId: text("embedder_id").$type<EmbedderId>().notNull(),
  parserId: text("parser_id").notNull(),
  splitterId: text("splitter_id").notNull(),
  /** By which its terms are made. */
  termsId: text("terms_id").notNull(),
  languages: text({ mode: "json" }).$type<HeldLanguages>().notNull().default({}),
  /** Documents up to this number have a version in it, or a task. */
  stagedDocument: integer("staged_document").notNull().default(0),
  startedAtMs: integer("started_at_ms").notNull(),
});
