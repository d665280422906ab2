import { setImmediate as nextTurn } from "node:timers/promises";
import type { Call, Clock } from "@larder/contracts";
import type { Queries, SqliteConnection } from "./sqlite-connection.ts";

/** Work of a transaction, with a place to rest at each `yield`. */
export type WorkInSteps<T> = Generator<void, T>;

/** Transactions too long to hold the event loop for. */
export interface LongWrites {
  /**
   * One transaction over many turns of the event loop, on a connection of its own: nobody sees any of it before it is
   * durable. One at a time. A throw, and an aborted call, leave nothing behind.
   */
  run<T>(call: Call, work: (queries: Queries) => WorkInSteps<T>): Promise<T>;
  /**
   * Ends the one that is under way, here and now. To be called before this process writes on another connection, which
   * would otherwise wait, and keep from its turns whom it waits for.
   */
  settle(): void;
  /** Ends the one that is under way. Idempotent. */
  close(): void;
}

/** Work between two turns. Chosen arbitrarily: a wait that nobody notices. */
const turnMs = 5;
/** How long the write lock is held in turns; the rest is done in one go. Half the wait that other processes have patience for. */
const heldMsMax = 2_500;

interface Transaction {
  /** Goes on until this time, in milliseconds of the monotonic clock, or to the end. */
  proceed(untilMs: number): void;
}

/** @param open - Called at the first transaction. */
export function createLongWrites(open: () => SqliteConnection, clock: Clock): LongWrites {
  let connection: SqliteConnection | undefined;
  let running: Transaction | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** The log is copied into the database by whoever commits next, most often a worker: here it would hold the event loop. */
  function openQuietly(): SqliteConnection {
    const opened = open();
    opened.client.pragma("wal_autocheckpoint = 0");
    return opened;
  }

  async function runOne<T>(call: Call, work: (queries: Queries) => WorkInSteps<T>): Promise<T> {
    call.signal.throwIfAborted();
    connection ??= openQuietly();
    const { client, db } = connection;
    client.exec("BEGIN IMMEDIATE");
    const steps = work(db);
    const turnsEndMs = clock.monotonicMs() + heldMsMax;
    let end: { readonly value: T } | { readonly reason: unknown } | undefined;
    const proceed = (untilMs: number) => {
      try {
        while (end === undefined) {
          call.signal.throwIfAborted();
          const step = steps.next();
          if (step.done === true) {
            client.exec("COMMIT");
            end = { value: step.value };
          } else if (clock.monotonicMs() >= untilMs) return;
        }
      } catch (reason) {
        end = { reason };
        if (client.inTransaction) client.exec("ROLLBACK");
      }
    };
    running = { proceed };
    for (;;) {
      const nowMs = clock.monotonicMs();
      proceed(nowMs < turnsEndMs ? nowMs + turnMs : Number.POSITIVE_INFINITY);
      if (end !== undefined) break;
      await nextTurn(); // whoever has to write meanwhile may end it
    }
    running = undefined;
    if ("reason" in end) throw end.reason;
    return end.value;
  }

  const settle = () => running?.proceed(Number.POSITIVE_INFINITY);

  return {
    run(call, work) {
      const mine = last.then(() => runOne(call, work));
      last = mine.catch(() => undefined);
      return mine;
    },
    settle,
    close() {
      settle();
      connection?.client.close();
    },
  };
}
