import Sqlite from "better-sqlite3";

export interface ExclusiveFileLock {
  release(): void;
}

/**
 * Holds a lock that belongs to this process and ends with it, however it ends.
 *
 * The file is an empty SQLite database in an exclusive transaction. SQLite asks the operating system for the lock, and
 * that gives it back when the process dies, also by SIGKILL: there is no stale lock file to judge. SQLite also keeps two
 * holders inside one process apart, which the system's own locks would not. The file stays; only the lock counts.
 *
 * @throws what SQLite throws: `SQLITE_BUSY` when someone else holds it for longer than `waitMs`
 */
export function lockExclusively(file: string, waitMs: number): ExclusiveFileLock {
  const client = new Sqlite(file, { timeout: waitMs });
  try {
    client.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    client.close();
    throw error;
  }
  return { release: () => client.close() }; // rolls back; closing twice does nothing
}
