import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import { fileItem } from "../file-item.ts";
import { findFiles } from "../find-files.ts";
import type { IngestOutcome } from "../ingest-items.ts";
import { ingestWithProgress, tallyOf } from "../ingest-with-progress.ts";
import { defaultKnowledgeBase, ensureKnowledgeBase } from "../knowledge-base.ts";
import { exitCodes } from "../render/problem.ts";
import { count, counted } from "../render/words.ts";

/** `larder ingest <paths…>`: adds files and folders; what has not changed is not read again. */
export async function ingest(paths: readonly string[], context: CommandContext): Promise<number> {
  const { signal, options } = context;
  const items = (await findFiles(paths)).map(fileItem);
  await using connection = await context.connect();
  const name = options.kb ?? defaultKnowledgeBase;
  const { id: knowledgeBaseId } = await ensureKnowledgeBase(connection, name, signal);
  const hasBar = context.isTerminal && !options.json;
  const outcomes = await ingestWithProgress({ connection, knowledgeBaseId, items, hasBar, signal });
  printOutcomes({ name, knowledgeBaseId, outcomes }, context);
  return outcomes.some(({ outcome }) => outcome === "failed") ? exitCodes.incomplete : exitCodes.ok;
}

interface Report {
  readonly name: string;
  readonly knowledgeBaseId: string;
  readonly outcomes: readonly IngestOutcome[];
}

function printOutcomes({ name, knowledgeBaseId, outcomes }: Report, { options, print }: CommandContext): void {
  const summary = tallyOf(outcomes);
  if (options.json) {
    const rows = outcomes.map((one) => ({
      path: one.name,
      outcome: one.outcome,
      document_id: one.documentId ?? null,
      error: one.error ?? null,
    }));
    print(JSON.stringify({ knowledge_base_id: knowledgeBaseId, ...summary, files: rows }));
    return;
  }
  print(
    `${pc.bold(name)}: ${counted(summary.added, "document")} added, ${count(summary.unchanged)} unchanged, ${count(summary.failed)} failed`,
  );
  for (const { name: file, error } of outcomes) {
    if (error !== undefined)
      print(`  ${pc.red("failed")} ${file}: ${error.message} ${error.hint} ${pc.dim(error.code)}`);
  }
}
