import { openInProcess } from "@larder/api";
import type { KnowledgeBaseId } from "@larder/contracts";
import pc from "picocolors";
import { printBelowAnswer } from "../commands/ask.ts";
import type { Connection } from "../connection.ts";
import { connectInProcess, sendForJson } from "../connection.ts";
import type { FileOutcome } from "../ingest-files.ts";
import { ingestFiles } from "../ingest-files.ts";
import { ensureKnowledgeBase } from "../knowledge-base.ts";
import { startProgress } from "../render/progress.ts";
import { count } from "../render/receipt.ts";
import type { AnswerBody } from "../wire.ts";
import type { Choice } from "./choose-documents.ts";
import { chooseDocuments } from "./choose-documents.ts";
import { renderPrices } from "./render-prices.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads, asks, and prints; see `main.ts`. @throws {@link LarderError} `FILE_NOT_FOUND` and what opening refuses */
export async function runQuickstart(args: readonly string[], env: Environment, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  const choice = await chooseDocuments(args);
  print(`${pc.bold("Larder quickstart")} · reading ${choice.what}`);
  const opened = await openInProcess(env);
  await using connection = connectInProcess(opened.fetch, opened.close);

  const { id } = await ensureKnowledgeBase(connection, choice.knowledgeBase, signal);
  await ingestChoice(connection, id, choice, signal);
  let answer: AnswerBody | undefined;
  for (const question of choice.questions) {
    print(`\n${pc.bold(pc.green("?"))} ${pc.bold(question)}`);
    answer = await sendForJson<AnswerBody>(connection, `/v1/knowledge-bases/${id}/query`, {
      method: "POST",
      json: { question },
      signal,
    });
    print(`\n${answer.answer}`);
    await printBelowAnswer(connection, id, answer, { print, signal });
  }
  if (answer !== undefined) {
    const { counts } = await opened.larder.store.knowledgeBase(id as KnowledgeBaseId, { signal });
    print(`\n${renderPrices(opened.larder, answer, counts.tokens)}`);
  }
  print(nextCommands(choice, (performance.now() - startMs) / 1_000));
}

async function ingestChoice(connection: Connection, knowledgeBaseId: string, choice: Choice, signal: AbortSignal) {
  const startMs = performance.now();
  const progress = startProgress(choice.files.length, process.stderr.isTTY === true);
  let outcomes: readonly FileOutcome[];
  try {
    outcomes = await ingestFiles(
      connection,
      knowledgeBaseId,
      choice.files,
      ({ file }) => progress.step(file.name),
      signal,
    );
  } finally {
    progress.stop();
  }
  const tally = (kind: FileOutcome["outcome"]): number => outcomes.filter(({ outcome }) => outcome === kind).length;
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  print(
    `${count(tally("added"))} documents added, ${count(tally("unchanged"))} unchanged, ${tally("failed")} failed in ${seconds} s`,
  );
  for (const { file, error } of outcomes) {
    if (error !== undefined) print(pc.dim(`  left out ${file.name}: ${error.message}`));
  }
}

function nextCommands({ knowledgeBase }: Choice, seconds: number): string {
  return `
Done in ${seconds.toFixed(1)} s; nothing is left running. Run it again and nothing is embedded twice. Try next:
  npm run quickstart -- ~/notes "What did we decide about backups?"   ${pc.dim("your own folder")}
  npm run larder -- ask "How is a receipt checked?" --kb "${knowledgeBase}"
  npm start                                                           ${pc.dim("the HTTP API, http://127.0.0.1:8787/docs")}
Set OPENAI_API_KEY, another provider's key or LARDER_LOCAL_BASE_URL and answers are written by the cheapest capable model.`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
