import { parseInstant } from "@larder/contracts";
import Sqlite from "better-sqlite3";
import type { BetterSQLite3Database } from "drizzle-orm/better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { BaseSQLiteDatabase } from "drizzle-orm/sqlite-core";

/** The driver's own handle, for pragmas and FTS5, which the query builder has no words for. */
export type SqliteClient = Sqlite.Database;

/** A connection or a transaction on it. */
export type Queries = BaseSQLiteDatabase<"sync", Sqlite.RunResult>;

export interface SqliteConnection {
  readonly client: SqliteClient;
  readonly db: BetterSQLite3Database;
}

export interface ConnectionOptions {
  readonly busyTimeoutMs: number;
  /** Every integer comes back as bigint: for money. */
  readonly safeIntegers?: boolean;
}

/** Keeps the write-ahead log's file from staying at the size of its largest transaction. */
const walBytesKept = 64 * 1024 * 1024; // chosen arbitrarily

/** `synchronous=FULL` matters: better-sqlite3's default in WAL mode can lose an acknowledged commit on power loss. */
export function openConnection(
  file: string,
  { busyTimeoutMs, safeIntegers = false }: ConnectionOptions,
): SqliteConnection {
  const client = new Sqlite(file, { timeout: busyTimeoutMs });
  try {
    client.pragma("journal_mode = WAL");
    client.pragma("synchronous = FULL");
    client.pragma("foreign_keys = ON");
    client.pragma(`busy_timeout = ${Math.trunc(busyTimeoutMs)}`);
    client.pragma(`journal_size_limit = ${walBytesKept}`);
    client.defaultSafeIntegers(safeIntegers);
    client.function("instant_ms", { deterministic: true }, instantMs);
    return { client, db: drizzle(client) };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** {@link parseInstant} for statements: what is no date is NULL. */
function instantMs(value: unknown): number | null {
  return typeof value === "string" ? (parseInstant(value) ?? null) : null;
}
