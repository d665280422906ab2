import type { KnowledgeBaseId } from "@larder/contracts";
import pc from "picocolors";
import { printBelowAnswer } from "../commands/ask.ts";
import type { Connection } from "../connection.ts";
import { connectInProcess, sendForJson } from "../connection.ts";
import { fileItem } from "../file-item.ts";
import type { Tally } from "../ingest-with-progress.ts";
import { ingestWithProgress, tallyInWords, tallyOf } from "../ingest-with-progress.ts";
import { ensureKnowledgeBase } from "../knowledge-base.ts";
import { exitCodes } from "../render/problem.ts";
import { counted } from "../render/words.ts";
import type { AnswerBody } from "../wire.ts";
import type { Choice } from "./choose-documents.ts";
import { chooseDocuments } from "./choose-documents.ts";
import type { Overview } from "./largest-document.ts";
import { overviewOf } from "./largest-document.ts";
import { renderPrices } from "./render-prices.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads, asks, prints, and gives the exit code; see `main.ts`.
 * @throws {@link LarderError} `QUERY_EMPTY`, `FILE_NOT_FOUND`, `FILE_NONE_FOUND` and what opening refuses
 */
export async function runQuickstart(args: readonly string[], env: Environment, signal: AbortSignal): Promise<number> {
  const startMs = performance.now();
  const choice = await chooseDocuments(args);
  print(`${pc.bold("Larder quickstart")} · reading ${choice.what}`);
  const { openInProcess } = await import("@larder/api"); // loads while the reader already sees what is read
  const opened = await openInProcess(env);
  await using connection = connectInProcess(opened.fetch, opened.close);

  const { id } = await ensureKnowledgeBase(connection, choice.knowledgeBase, signal);
  const { failed } = await ingestChoice(connection, id, choice, signal);
  const overview = await overviewOf(connection, id, signal);
  if (overview.documents === 0) {
    process.stderr.write("None of these files can be read, so there is nothing to ask.\n");
    return exitCodes.incomplete;
  }
  let answer: AnswerBody | undefined;
  for (const question of questionsFor(choice, overview)) {
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
    const prices = renderPrices(opened.larder, answer, counts.tokens);
    if (prices !== undefined) print(`\n${prices}`);
  }
  print(nextCommands(choice, overview, (performance.now() - startMs) / 1_000));
  return failed === 0 ? exitCodes.ok : exitCodes.incomplete;
}

/** Without a question there is still something to see: what the largest document says of itself. */
function questionsFor({ questions }: Choice, { documents, largest }: Overview): readonly string[] {
  if (questions.length > 0 || largest === undefined) return questions;
  print(
    `\nNo question was given; there ${documents === 1 ? "is" : "are"} ${counted(documents, "document")} to ask about.`,
  );
  return [aboutQuestion(largest)];
}

function aboutQuestion(title: string): string {
  return `What is ${title} about?`;
}

async function ingestChoice(
  connection: Connection,
  knowledgeBaseId: string,
  { files }: Choice,
  signal: AbortSignal,
): Promise<Tally> {
  const startMs = performance.now();
  const hasBar = process.stderr.isTTY === true;
  const items = files.map(fileItem);
  const outcomes = await ingestWithProgress({ connection, knowledgeBaseId, items, hasBar, signal });
  const tally = tallyOf(outcomes);
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  print(`${tallyInWords(tally)} in ${seconds} s`);
  for (const { name, error } of outcomes) {
    if (error !== undefined) print(pc.dim(`  left out ${name}: ${error.message}`));
  }
  return tally;
}

function nextCommands(
  { knowledgeBase, folder, questions }: Choice,
  { largest = "it" }: Overview,
  seconds: number,
): string {
  const question = folder === undefined ? "What is never free?" : aboutQuestion(largest.replaceAll(/["$`\\]/g, ""));
  const again =
    folder === undefined
      ? `npm run quickstart -- ~/notes "What did we decide about backups?"   ${pc.dim("your own folder")}`
      : `npm run quickstart -- ${JSON.stringify(folder)} "${questions.length === 0 ? "your question" : "another question"}"`;
  return `
Done in ${seconds.toFixed(1)} s; nothing is left running. Run it again and nothing is embedded twice. Try next:
  ${again}
  npm run larder -- ask ${JSON.stringify(question)} --kb ${JSON.stringify(knowledgeBase)}
  npm start   ${pc.dim("the HTTP API, http://127.0.0.1:8787/docs")}
Set OPENAI_API_KEY, another provider's key or LARDER_LOCAL_BASE_URL and answers are written by the cheapest capable model.`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
