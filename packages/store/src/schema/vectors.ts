import type { Label } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { blob, check, index, integer, sqliteTable } from "drizzle-orm/sqlite-core";
import { vectorColumn } from "./column-types.ts";
import { passages } from "./passages.ts";

/** One unit vector a passage, apart from the passages so that reading those does not read past these. */
export const vectors = sqliteTable(
  "vectors",
  {
    label: integer()
      .$type<Label>()
      .primaryKey()
      .references(() => passages.label, { onDelete: "cascade" }),
    vector: vectorColumn().notNull(),
    /** Of what text, embedder and knowledge base it is: see held-vectors.ts. Null: from before this column. */
    reuseKey: blob("reuse_key", { mode: "buffer" }),
  },
  (table) => [
    index("vectors_reuse").on(table.reuseKey),
    check("vectors_length", sql`length(${table.vector}) > 0 and length(${table.vector}) % 4 = 0`),
  ],
);
