import type { EmbedderId, Metadata } from "@larder/contracts";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";

/** How each embedder that ever made vectors here was opened, so that it can be opened beside another one. */
export const embedders = sqliteTable("embedders", {
  id: text().$type<EmbedderId>().primaryKey(),
  model: text().notNull(),
  settings: text({ mode: "json" }).$type<Metadata>().notNull(),
});
