import type { Connection } from "./connection.ts";
import type { IngestItem } from "./ingest-items.ts";
import { ingestItems } from "./ingest-items.ts";
import type { IngestOutcome } from "./ingest-outcome.ts";
import { startProgress } from "./render/progress.ts";
import { count, counted } from "./render/words.ts";

export interface IngestRun {
  readonly connection: Connection;
  readonly knowledgeBaseId: string;
  readonly items: readonly IngestItem[];
  readonly hasBar: boolean;
  readonly signal: AbortSignal;
  /** Told of each item when it is done. */
  readonly onItem?: (item: IngestItem, outcomes: readonly IngestOutcome[]) => void;
}

/** Adds the items under a progress bar. Interrupted, it says in one line how far it came, and that it can go on. */
export async function ingestWithProgress(run: IngestRun): Promise<readonly IngestOutcome[]> {
  const { connection, knowledgeBaseId, items, signal } = run;
  const progress = startProgress(items.length, run.hasBar);
  let added = 0;
  const onItem = (item: IngestItem, outcomes: readonly IngestOutcome[]): void => {
    run.onItem?.(item, outcomes);
    if (outcomes.some(({ outcome }) => outcome !== "failed")) added += 1;
    progress.step(item.name);
  };
  try {
    return await ingestItems(connection, knowledgeBaseId, items, onItem, signal);
  } catch (thrown) {
    progress.stop();
    if (signal.aborted) process.stderr.write(`${stopped(added, items.length)}\n`);
    throw thrown;
  } finally {
    progress.stop();
  }
}

function stopped(added: number, total: number): string {
  return `stopped; ${count(added)} of ${count(total)} added; run again to go on`;
}

export interface Tally {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly failed: number;
}

export function tallyOf(outcomes: readonly IngestOutcome[]): Tally {
  const tally = (kind: IngestOutcome["outcome"]): number => outcomes.filter(({ outcome }) => outcome === kind).length;
  return {
    added: tally("added"),
    changed: tally("changed"),
    unchanged: tally("unchanged"),
    duplicates: tally("duplicate"),
    failed: tally("failed"),
  };
}

/** `3 documents added, 0 unchanged, 0 failed`; what is changed or doubled only where something is. */
export function tallyInWords({ added, changed, unchanged, duplicates, failed }: Tally): string {
  return [
    `${counted(added, "document")} added`,
    ...(changed === 0 ? [] : [`${count(changed)} changed`]),
    `${count(unchanged)} unchanged`,
    ...(duplicates === 0 ? [] : [`${count(duplicates)} with the same bytes as others`]),
    `${count(failed)} failed`,
  ].join(", ");
}
