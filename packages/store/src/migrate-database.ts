import { fileURLToPath } from "node:url";
import { LarderError } from "@larder/contracts";
import { desc } from "drizzle-orm";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { numeric, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { SqliteConnection } from "./sqlite-connection.ts";

/** The same place from `src` and from `dist`. */
const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));

/** drizzle's own record of what was applied. */
const appliedMigrations = sqliteTable("__drizzle_migrations", {
  hash: text().notNull(),
  createdAt: numeric("created_at"),
});

/**
 * Brings the database to the form that this code expects; nothing happens when it is there already. One process at a
 * time: the caller holds a lock, because the migrator looks before it begins its transaction.
 * @param isHeldByAnother - Code that is at work on it may not know its new form
 * @throws {@link LarderError} `STORE_NEWER` when it was migrated by newer code; `DATA_DIR_IN_USE` when it would have to be
 * migrated while it is held by another. Nothing is changed then
 */
export function migrateDatabase({ client, db }: SqliteConnection, isHeldByAnother: boolean): void {
  const newestKnown = Math.max(...readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis));
  const applied = client.pragma("table_info(__drizzle_migrations)") as readonly unknown[];
  if (applied.length > 0) {
    const last = db.select().from(appliedMigrations).orderBy(desc(appliedMigrations.createdAt)).limit(1).get();
    const newestApplied = Number(last?.createdAt ?? 0);
    if (newestApplied > newestKnown) throw new LarderError("STORE_NEWER");
    if (newestApplied === newestKnown) return;
  }
  if (isHeldByAnother) throw new LarderError("DATA_DIR_IN_USE");
  migrate(db, { migrationsFolder });
}
