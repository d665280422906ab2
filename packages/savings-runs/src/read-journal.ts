import { LarderError, noTokens } from "@larder/contracts";
import type { AskedRecord, Observation } from "./observation.ts";
import { interruptedFrom, keyOf, runRecord } from "./observation.ts";

export interface JournalState {
  /** By cell, oldest first. */
  readonly observations: ReadonlyMap<string, Observation>;
  /** Sent, and without a result: at the beginning of a run, what a crash cut off. */
  readonly pending: readonly AskedRecord[];
  readonly finished?: { readonly atMs: number; readonly report: unknown };
}

/** @throws {@link LarderError} `STORE_DAMAGED` for a record of another form */
export function readJournal(records: readonly unknown[]): JournalState {
  const observations = new Map<string, Observation>();
  const pending = new Map<string, AskedRecord>();
  let finished: JournalState["finished"];
  for (const line of records) {
    const parsed = runRecord.safeParse(line);
    if (!parsed.success) throw new LarderError("STORE_DAMAGED", { cause: parsed.error });
    const record = parsed.data;
    if (record.kind === "finished") finished = record;
    else if (record.kind === "asked") pending.set(keyOf(record), record);
    else if (record.kind === "unsent") pending.delete(keyOf(record));
    else {
      pending.delete(keyOf(record));
      observations.set(keyOf(record), record);
    }
  }
  return { observations, pending: [...pending.values()], ...(finished === undefined ? {} : { finished }) };
}

/** As far as it came: what was sent and not heard of counts as interrupted. */
export function observationsOf({ observations, pending }: JournalState): readonly Observation[] {
  return [...observations.values(), ...pending.map((sent) => interruptedFrom(sent, noTokens))];
}
