import type { Label } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { asc, eq } from "drizzle-orm";
import { uncountedTermsTables } from "../schema/index.ts";
import type { SqliteClient, SqliteConnection } from "../sqlite-connection.ts";
import { toLarderError } from "../to-larder-error.ts";
import { decodeVarints, encodeVarints } from "./varints.ts";

/**
 * FTS5 keeps how many rows a table has and how many tokens each column, and BM25 weighs rarity and length by them. In a contentless
 * table a row that is deleted or replaced stays in these totals for good, so scores would depend on all that a knowledge base
 * ever held. Here it is subtracted, in the caller's transaction and before the row goes: its size is known until then.
 * Why so: docs/decisions/0034-lexical-totals.md.
 *
 * @source https://www.sqlite.org/fts5.html#fts5_data_structures, the "averages" record and the table of sizes
 */
export function subtractFromTotals(client: SqliteClient, table: string, labels: readonly Label[]): void {
  const sizeOf = client.prepare<[Label], Buffer>(`SELECT sz FROM ${table}_docsize WHERE id = ?`).pluck();
  const gone = [...new Set(labels)].flatMap((label) => {
    const size = sizeOf.get(label);
    return size === undefined ? [] : [decodeVarints(size)];
  });
  if (gone.length === 0) return;
  // FTS5 holds its totals in memory from a transaction's first change to its end; a savepoint makes it write and forget them.
  client.exec("SAVEPOINT terms_totals; RELEASE terms_totals");
  const record = client.prepare<[], Buffer>(`SELECT block FROM ${table}_data WHERE id = ${totalsId}`).pluck().get();
  if (record === undefined) return;
  const [rows = 0, ...tokens] = decodeVarints(record);
  writeTotals(client, table, [
    rows - gone.length,
    ...tokens.map((count, column) => count - sumOf(gone.map((size) => size[column] ?? 0))),
  ]);
}

/**
 * Counts the tables that were begun when nothing was subtracted yet. About a second for a million passages, once. One that
 * cannot be read fails no opening: whatever else is in the database does not depend on it.
 * @param replacements - Ways to replace a table that cannot be read, by its name, each in a transaction and after the failure of those
 * before it
 */
export function countUncountedTotals(
  { client, db }: SqliteConnection,
  replacements: readonly ((table: string) => void)[],
): void {
  const settle = (name: string, [way, ...others]: readonly ((table: string) => void)[]): void => {
    const settling = client.transaction(() => {
      if (exists(client, name)) way?.(name);
      db.delete(uncountedTermsTables).where(eq(uncountedTermsTables.name, name)).run();
    });
    try {
      settling.immediate(); // or what another process writes meanwhile would fail it, and the opening
    } catch (error) {
      if (others.length === 0 || toLarderError(error).code !== "STORE_DAMAGED") throw error;
      settle(name, others);
    }
  };
  const rows = db.select().from(uncountedTermsTables).orderBy(asc(uncountedTermsTables.name)).all();
  for (const { name } of rows) settle(name, [(table) => countTotals(client, table), ...replacements]);
}

/** Title, heading and body. */
const columns = 3;

/** @throws {@link LarderError} `STORE_DAMAGED` where records of FTS5 are missing or not as it writes them; what SQLite throws */
function countTotals(client: SqliteClient, table: string): void {
  const totals: number[] = [];
  let rows = 0;
  if (!exists(client, `${table}_docsize`) || !exists(client, `${table}_data`)) throw new LarderError("STORE_DAMAGED");
  for (const size of client.prepare<[], unknown>(`SELECT sz FROM ${table}_docsize`).pluck().iterate()) {
    const tokensByColumn = size instanceof Uint8Array ? decodeVarints(size) : [];
    if (tokensByColumn.length !== columns) throw new LarderError("STORE_DAMAGED");
    rows += 1;
    for (const [column, tokens] of tokensByColumn.entries()) totals[column] = (totals[column] ?? 0) + tokens;
  }
  // Of no rows there are no columns, which FTS5 takes for zeros.
  if (writeTotals(client, table, [rows, ...totals]) !== 1) throw new LarderError("STORE_DAMAGED");
}

const totalsId = 1;

/** The driver protects tables that belong to FTS5, and only here is that lifted. How many records there were to write. */
function writeTotals(client: SqliteClient, table: string, totals: readonly number[]): number {
  client.unsafeMode(true);
  try {
    return client.prepare(`UPDATE ${table}_data SET block = ? WHERE id = ${totalsId}`).run(encodeVarints(totals))
      .changes;
  } finally {
    client.unsafeMode(false);
  }
}

function exists(client: SqliteClient, table: string): boolean {
  return client.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(table) !== undefined;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
