import type { AnyColumn, Table } from "drizzle-orm";
import { getTableColumns, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Queries } from "./sqlite-connection.ts";

/**
 * What `prepare` makes, once a connection: building a statement takes the query builder several times as long as SQLite
 * takes to run it. Kept as long as the connection is.
 */
export function prepared<Made>(prepare: (queries: Queries) => Made): (queries: Queries) => Made {
  const made = new WeakMap<Queries, Made>();
  return (queries) => {
    const known = made.get(queries);
    if (known !== undefined) return known;
    const fresh = prepare(queries);
    made.set(queries, fresh);
    return fresh;
  };
}

/** The value of this name, in the form of the column. NULL stays NULL, which a placeholder alone gives to the column. */
function parameter(name: string, column: AnyColumn) {
  const mapToDriverValue = (value: unknown) => (value === null ? null : column.mapToDriverValue(value));
  return sql`${sql.param(sql.placeholder(name), { mapToDriverValue })}`;
}

/** A parameter for each of these columns, named as the column is. */
export function parametersOf<Key extends string>(table: Table, keys: readonly Key[]) {
  const columns: Record<string, AnyColumn> = getTableColumns(table);
  const entries = keys.map((key) => {
    const column = columns[key];
    if (column === undefined) throw new TypeError(`The table has no column ${key}.`);
    return [key, parameter(key, column)] as const;
  });
  return Object.fromEntries(entries) as Record<Key, ReturnType<typeof parameter>>;
}

type RowOf<From extends SQLiteTable, Key extends keyof From["$inferInsert"]> = Required<
  Pick<From["$inferInsert"], Key>
>;

/** Inserts a row of these columns, the others at their defaults; its number, where the table numbers its rows. */
export function preparedInsert<From extends SQLiteTable, Key extends keyof From["$inferInsert"] & string>(
  table: From,
  keys: readonly Key[],
): (queries: Queries, row: RowOf<From, Key>) => number {
  const insert = prepared((queries) =>
    queries
      .insert(table)
      .values(parametersOf(table, keys) as unknown as From["$inferInsert"])
      .prepare(),
  );
  return (queries, row) => Number(insert(queries).run(row).lastInsertRowid);
}
