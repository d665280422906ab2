import type { Call } from "./call.ts";

/** What a measured run has written so far. Lines are JSON objects whose form its writer knows. */
export interface RunJournal {
  /** What was written down before anything was measured. */
  readonly registration: unknown;
  /** Oldest first. A line that a crash cut off is not there. */
  readonly records: readonly unknown[];
  /** A line each, together durable when it returns, in the order of the calls. */
  append(...records: readonly object[]): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Journals of measured runs, by id. Append only: nothing is ever changed or taken away. */
export interface RunJournals {
  /**
   * The journal of this run, made with its registration when there is none, and held by this process alone until it is
   * closed.
   * @throws {@link LarderError} `SAVINGS_RUN_IN_PROGRESS` while somebody else holds it
   */
  open(id: string, registration: object, call: Call): Promise<RunJournal>;
  /** What is there now, whether or not somebody holds it; `undefined` when there is no such run. */
  read(
    id: string,
    call: Call,
  ): Promise<{ readonly registration: unknown; readonly records: readonly unknown[] } | undefined>;
}
