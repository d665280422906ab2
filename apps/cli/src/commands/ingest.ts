import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import { findFiles } from "../find-files.ts";
import type { FileOutcome } from "../ingest-files.ts";
import { ingestFiles } from "../ingest-files.ts";
import { ensureKnowledgeBase } from "../knowledge-base.ts";
import { exitCodes } from "../render/problem.ts";
import { startProgress } from "../render/progress.ts";

/** `larder ingest <paths…>`: adds files and folders; what has not changed is not read again. */
export async function ingest(paths: readonly string[], context: CommandContext): Promise<number> {
  const { signal, options } = context;
  const files = await findFiles(paths);
  await using connection = await context.connect();
  const knowledgeBase = await ensureKnowledgeBase(connection, options.kb, signal);
  const progress = startProgress(files.length, context.isTerminal && !options.json);
  let outcomes: readonly FileOutcome[];
  try {
    outcomes = await ingestFiles(connection, knowledgeBase.id, files, (done) => progress.step(done.file.name), signal);
  } finally {
    progress.stop();
  }
  const tally = (kind: FileOutcome["outcome"]): number => outcomes.filter(({ outcome }) => outcome === kind).length;
  const summary = { added: tally("added"), unchanged: tally("unchanged"), failed: tally("failed") };
  if (options.json) {
    const rows = outcomes.map(({ file, outcome, documentId, error }) => ({
      path: file.name,
      outcome,
      document_id: documentId ?? null,
      error: error ?? null,
    }));
    context.print(JSON.stringify({ knowledge_base_id: knowledgeBase.id, ...summary, files: rows }));
  } else {
    context.print(
      `${pc.bold(options.kb)}: ${summary.added} added, ${summary.unchanged} unchanged, ${summary.failed} failed`,
    );
    for (const { file, error } of outcomes) {
      if (error !== undefined)
        context.print(`  ${pc.red("failed")} ${file.name}: ${error.message} ${error.hint} ${pc.dim(error.code)}`);
    }
  }
  return summary.failed === 0 ? exitCodes.ok : exitCodes.incomplete;
}
