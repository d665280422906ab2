import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Larder } from "@larder/api";
import type { KnowledgeBaseId, ModelEntry } from "@larder/contracts";
import { renderSavingsHtml } from "@larder/savings-runs";
import { follow } from "../../commands/measure-savings.ts";
import { connectInProcess, sendForJson } from "../../connection.ts";
import { fileItem } from "../../file-item.ts";
import { ingestWithProgress, tallyOf } from "../../ingest-with-progress.ts";
import { ensureKnowledgeBase } from "../../knowledge-base.ts";
import { exitCodes } from "../../render/problem.ts";
import { count, counted } from "../../render/words.ts";
import { chooseDocuments } from "../choose-documents.ts";
import { closingLines } from "./closing-lines.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const questions = 120;
const budgets = [256, 512, 1_024, 2_048, 4_096];
/** Where verdicts are given: what a prompt usually carries of a corpus of this size. */
const primaryBudget = 1_024;
/** Priced at, never asked. The first one that the catalog has and whose window holds the corpus. */
const models = ["openai/gpt-5.4-mini", "openai/gpt-5-mini", "openai/gpt-4.1-mini", "anthropic/claude-sonnet-5"];

/**
 * Larder's own documents, questions made from them by rule, and every arm that needs no key: writes the report as a page
 * and prints its headline.
 */
export async function runSavingsDemo(env: Environment, signal: AbortSignal): Promise<number> {
  const startMs = performance.now();
  const choice = await chooseDocuments([]);
  process.stdout.write(`Larder savings demo · reading ${choice.what}; no key is needed and nothing is sent\n`);
  const { openInProcess } = await import("@larder/api");
  const opened = await openInProcess(env);
  await using connection = connectInProcess(opened.fetch, opened.close);
  const { id } = await ensureKnowledgeBase(connection, choice.knowledgeBase, signal);
  const hasBar = process.stderr.isTTY === true;
  const outcomes = await ingestWithProgress({
    connection,
    knowledgeBaseId: id,
    items: choice.files.map(fileItem),
    hasBar,
    signal,
  });
  const { counts } = await opened.larder.store.knowledgeBase(id as KnowledgeBaseId, { signal });
  const tally = tallyOf(outcomes);
  process.stdout.write(
    `${counted(tally.added, "document")} added, ${count(tally.unchanged)} unchanged; ${count(counts.tokens)} tokens in all\n`,
  );
  const model = pricedModel(opened.larder, counts.tokens);
  const json = {
    ...{ knowledge_base: id, name: "Larder's own documents", generate: questions, budgets, metric: "evidence_recall" },
    primary_budget: primaryBudget,
    ...(model === undefined ? {} : { model }),
  };
  const begun = await sendForJson<{ readonly id: string }>(connection, "/v1/savings/runs", {
    method: "POST",
    json,
    signal,
  });
  const report = await follow(connection, begun.id, { signal, isTerminal: hasBar });
  const folder = env.LARDER_DATA_DIR?.trim() || ".larder";
  const page = join(folder, "savings-demo.html");
  await writeFile(page, renderSavingsHtml([report]));
  await writeFile(join(folder, "savings-demo.json"), `${JSON.stringify(report, null, 2)}\n`);
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  process.stdout.write(
    `\n${report.headline}\n\n${closingLines(report)}\n\nThe report: ${relative(process.cwd(), page) || page} (opens offline). ${seconds} s.\n`,
  );
  return exitCodes.ok;
}

function pricedModel({ router: { priceBook } }: Pick<Larder, "router">, corpusTokens: number): string | undefined {
  const holds = ({ contextTokens, rates }: ModelEntry): boolean =>
    rates !== null && contextTokens !== null && contextTokens > 1.1 * corpusTokens;
  return models.find((name) => {
    const [provider = "", model = ""] = name.split("/");
    const entry = priceBook.find(provider, model);
    return entry !== undefined && holds(entry);
  });
}
