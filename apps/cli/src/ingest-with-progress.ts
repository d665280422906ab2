import type { Connection } from "./connection.ts";
import type { FoundFile } from "./find-files.ts";
import type { FileOutcome } from "./ingest-files.ts";
import { ingestFiles } from "./ingest-files.ts";
import { startProgress } from "./render/progress.ts";
import { count } from "./render/words.ts";

export interface IngestRun {
  readonly connection: Connection;
  readonly knowledgeBaseId: string;
  readonly files: readonly FoundFile[];
  readonly hasBar: boolean;
  readonly signal: AbortSignal;
}

/** Adds the files under a progress bar. Interrupted, it says in one line how far it came, and that it can go on. */
export async function ingestWithProgress(run: IngestRun): Promise<readonly FileOutcome[]> {
  const { connection, knowledgeBaseId, files, signal } = run;
  const progress = startProgress(files.length, run.hasBar);
  const done: FileOutcome[] = [];
  const onOutcome = (outcome: FileOutcome): void => {
    done.push(outcome);
    progress.step(outcome.file.name);
  };
  try {
    return await ingestFiles(connection, knowledgeBaseId, files, onOutcome, signal);
  } catch (thrown) {
    progress.stop();
    if (signal.aborted) process.stderr.write(`${stopped(done, files.length)}\n`);
    throw thrown;
  } finally {
    progress.stop();
  }
}

function stopped(done: readonly FileOutcome[], total: number): string {
  const added = done.filter(({ outcome }) => outcome !== "failed").length;
  return `stopped; ${count(added)} of ${count(total)} added; run again to go on`;
}

export interface Tally {
  readonly added: number;
  readonly unchanged: number;
  readonly failed: number;
}

export function tallyOf(outcomes: readonly FileOutcome[]): Tally {
  const tally = (kind: FileOutcome["outcome"]): number => outcomes.filter(({ outcome }) => outcome === kind).length;
  return { added: tally("added"), unchanged: tally("unchanged"), failed: tally("failed") };
}
