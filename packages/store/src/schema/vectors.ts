import type { Label } from "@larder/contracts";
import { sql } from "drizzle-orm";
import { check, integer, sqliteTable } from "drizzle-orm/sqlite-core";
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
  },
  (table) => [check("vectors_length", sql`length(${table.vector}) > 0 and length(${table.vector}) % 4 = 0`)],
);
