import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import Sqlite from "better-sqlite3";

/** A statement and its parameters. */
export type Insert = readonly [sql: string, parameters: readonly (string | number | bigint | Uint8Array | null)[]];

/** Writes groups of rows on a thread and a connection of its own. */
export interface RowWriter {
  /**
   * All of these rows or none, durable when it resolves.
   * @throws what SQLite throws for this very group; other groups are written all the same
   */
  write(rows: readonly Insert[]): Promise<void>;
  /** Writes what waits, then ends the thread. Idempotent. */
  close(): Promise<void>;
}

interface Reply {
  readonly id: number;
  readonly error?: { readonly message: string; readonly code: string };
}

/**
 * The thread's whole program. Text, because a file of TypeScript loads neither where sources run without a loader nor in
 * a bundle; better-sqlite3 is its only import that is not Node's. What has come in by the end of a turn shares one transaction, and so one
 * sync of the disk: while one group is synced the next one gathers. A group of rows that cannot be written fails alone.
 * Statements may call `sha256(text)`, which gives hexadecimal.
 */
const program = `
const { createHash } = require("node:crypto");
const { parentPort, workerData } = require("node:worker_threads");
const client = new (require(workerData.driver))(workerData.file, { timeout: workerData.busyTimeoutMs });
for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"]) client.pragma(pragma);
client.function("sha256", { deterministic: true }, (text) => createHash("sha256").update(text).digest("hex"));
const statements = new Map();
const run = ([sql, parameters]) => {
  if (!statements.has(sql)) statements.set(sql, client.prepare(sql));
  statements.get(sql).run(...parameters);
};
const writeAll = client.transaction((groups) => groups.forEach(({ rows }) => rows.forEach(run)));
let waiting = [];
const flush = () => {
  const groups = waiting;
  waiting = [];
  const write = (some) => {
    try {
      writeAll.immediate(some);
      for (const { id } of some) parentPort.postMessage({ id });
    } catch (error) {
      const { message, code } = error;
      if (some.length > 1) for (const one of some) write([one]);
      else parentPort.postMessage({ id: some[0].id, error: { message, code: code || "SQLITE_ERROR" } });
    }
  };
  if (groups.length > 0) write(groups);
};
parentPort.on("message", (message) => {
  if (message === "close") {
    flush();
    client.close();
    parentPort.close();
    return;
  }
  if (waiting.push(message) === 1) setImmediate(flush);
});
`;

/** Starts its thread at the first write. An idle thread keeps no process alive. */
export function createRowWriter(file: string, busyTimeoutMs: number): RowWriter {
  const pending = new Map<number, { resolve(): void; reject(reason: unknown): void }>();
  let worker: Worker | undefined;
  let ended: Promise<void> | undefined;
  let count = 0;

  function open(): Worker {
    const driver = createRequire(import.meta.url).resolve("better-sqlite3");
    const thread = new Worker(program, { eval: true, execArgv: [], workerData: { file, busyTimeoutMs, driver } });
    thread.unref();
    thread.on("message", ({ id, error }: Reply) => {
      const one = pending.get(id);
      pending.delete(id);
      if (pending.size === 0) thread.unref();
      if (error === undefined) one?.resolve();
      else one?.reject(new Sqlite.SqliteError(error.message, error.code));
    });
    const fail = (reason: unknown) => {
      if (worker === thread) worker = undefined; // the next write starts another one
      for (const one of pending.values()) one.reject(reason);
      pending.clear();
    };
    thread.on("error", fail);
    thread.on("exit", () => fail(new Sqlite.SqliteError("the writing thread ended", "SQLITE_ABORT")));
    return thread;
  }

  return {
    write(rows) {
      if (ended !== undefined) return Promise.reject(new Sqlite.SqliteError("the store is closed", "SQLITE_MISUSE"));
      worker ??= open();
      const thread = worker;
      return new Promise((resolve, reject) => {
        count += 1;
        pending.set(count, { resolve, reject });
        thread.ref();
        thread.postMessage({ id: count, rows });
      });
    },
    close() {
      ended ??= new Promise((resolve) => {
        if (worker === undefined) return resolve();
        worker.ref();
        worker.once("exit", () => resolve());
        worker.postMessage("close");
      });
      return ended;
    },
  };
}
