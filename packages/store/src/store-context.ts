import type { Call, Clock, Ids } from "@larder/contracts";
import type { TermsTable } from "./lexical/terms-table.ts";
import type { LongWrites, WorkInSteps } from "./long-writes.ts";
import type { Queries, SqliteConnection } from "./sqlite-connection.ts";
import { toLarderError } from "./to-larder-error.ts";

/** What the parts of the store share. */
export interface StoreContext {
  readonly connection: SqliteConnection;
  readonly terms: TermsTable;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Reads that must agree with each other: one snapshot. */
  read<T>(call: Call, work: (queries: Queries) => T): T;
  /**
   * A transaction that holds the write lock from its start, so it never fails half-way for want of it. Synchronous:
   * nothing of this process comes between. A throw leaves nothing behind.
   */
  write<T>(call: Call, work: (queries: Queries) => T): T;
  /** A long transaction, as {@link LongWrites.run}. Terms are not to be written in it: they have one connection. */
  writeInTurns<T>(call: Call, work: (queries: Queries) => WorkInSteps<T>): Promise<T>;
}

export function createStoreContext(
  connection: SqliteConnection,
  terms: TermsTable,
  ports: { readonly clock: Clock; readonly ids: Ids },
  longWrites: LongWrites,
): StoreContext {
  // Work is given the connection itself and no transaction of the query builder, so that statements are kept with it.
  const inTransaction =
    (behavior: "deferred" | "immediate") =>
    <T>(call: Call, work: (queries: Queries) => T): T => {
      call.signal.throwIfAborted();
      try {
        if (behavior === "immediate") longWrites.settle();
        return connection.client.transaction(() => work(connection.db))[behavior]();
      } catch (error) {
        throw toLarderError(error);
      }
    };
  return {
    ...{ connection, terms, ...ports, read: inTransaction("deferred"), write: inTransaction("immediate") },
    async writeInTurns(call, work) {
      try {
        return await longWrites.run(call, work);
      } catch (error) {
        throw call.signal.aborted && error === call.signal.reason ? error : toLarderError(error);
      }
    },
  };
}
