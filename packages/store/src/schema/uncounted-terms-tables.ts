import { sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Tables of terms from a time when nothing was subtracted from their totals; each is counted once and leaves this list. */
export const uncountedTermsTables = sqliteTable("uncounted_terms_tables", { name: text().primaryKey() });
