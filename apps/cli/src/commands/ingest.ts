import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import { findFiles } from "../find-files.ts";
import { ingestWithProgress, tallyOf } from "../ingest-with-progress.ts";
import { defaultKnowledgeBase, ensureKnowledgeBase } from "../knowledge-base.ts";
import { exitCodes } from "../render/problem.ts";
import { count, counted } from "../render/words.ts";

/** `larder ingest <paths…>`: adds files and folders; what has not changed is not read again. */
export async function ingest(paths: readonly string[], context: CommandContext): Promise<number> {
  const { signal, options } = context;
  const files = await findFiles(paths);
  await using connection = await context.connect();
  const name = options.kb ?? defaultKnowledgeBase;
  const knowledgeBase = await ensureKnowledgeBase(connection, name, signal);
  const hasBar = context.isTerminal && !options.json;
  const outcomes = await ingestWithProgress({ connection, knowledgeBaseId: knowledgeBase.id, files, hasBar, signal });
  const summary = tallyOf(outcomes);
  if (options.json) {
    const rows = outcomes.map(({ file, outcome, documentId, error, made }) => ({
      path: file.name,
      outcome,
      document_id: documentId ?? null,
      error: error ?? null,
      duplicate_of: made?.duplicate_of ?? null,
      counts: made?.counts ?? null,
      timings_ms: made?.timings_ms ?? null,
    }));
    context.print(JSON.stringify({ knowledge_base_id: knowledgeBase.id, ...summary, files: rows }));
  } else {
    context.print(
      `${pc.bold(name)}: ${counted(summary.added, "document")} added, ${count(summary.unchanged)} unchanged, ${count(summary.failed)} failed`,
    );
    for (const { file, error, made } of outcomes) {
      if (made?.duplicate_of) context.print(`  ${pc.dim("same text")} ${file.name}: as ${made.duplicate_of}`);
      if (error !== undefined)
        context.print(`  ${pc.red("failed")} ${file.name}: ${error.message} ${error.hint} ${pc.dim(error.code)}`);
    }
  }
  return summary.failed === 0 ? exitCodes.ok : exitCodes.incomplete;
}
