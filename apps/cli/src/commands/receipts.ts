import Table from "cli-table3";
import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import type { Connection } from "../connection.ts";
import { sendForJson } from "../connection.ts";
import { requireKnowledgeBase } from "../knowledge-base.ts";
import { readableUsds } from "../render/money.ts";
import { exitCodes } from "../render/problem.ts";
import { renderReceipt } from "../render/receipt.ts";
import { count, verdictWords } from "../render/words.ts";
import type { ReceiptBody, ReceiptPageBody } from "../wire.ts";

/** `larder receipts [id]`: the newest receipts, of one knowledge base where `--kb` names it, or one whole. */
export async function receipts(id: string | undefined, limit: number, context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  if (id === undefined) await listReceipts(connection, limit, context);
  else await showReceipt(connection, id, context);
  return exitCodes.ok;
}

async function showReceipt(connection: Connection, id: string, { print, options, signal }: CommandContext) {
  const receipt = await sendForJson<ReceiptBody>(connection, `/v1/receipts/${encodeURIComponent(id)}`, { signal });
  if (options.json) return print(JSON.stringify(receipt));
  const facts = [
    ["when", receipt.created_at],
    ["knowledge base", `${receipt.knowledge_base_id}, ${count(receipt.corpus_tokens)} tokens`],
    ["evidence", `${count(receipt.evidence_tokens)} tokens`],
    ["answer", answerWords(receipt)],
    ["model", modelOf(receipt)],
    ["route", receipt.route.reason],
    ["chain", receipt.chain === null ? "not read" : `number ${receipt.chain.number}, hash ${receipt.chain.hash}`],
    ["index root", receipt.retrieval?.index_root ?? "none"],
  ];
  for (const [name = "", value = ""] of facts) print(`${pc.bold(name.padEnd(14))} ${value}`);
  print(`\n${renderReceipt(receipt, receipt.id)}`);
}

async function listReceipts(connection: Connection, limit: number, { print, options, signal }: CommandContext) {
  const { kb } = options;
  const ofOne = kb === undefined ? undefined : (await requireKnowledgeBase(connection, kb, signal)).id;
  const query = { limit, knowledge_base: ofOne };
  const page = await sendForJson<ReceiptPageBody>(connection, "/v1/receipts", { query, signal });
  if (options.json) return print(JSON.stringify(page));
  const head = ["receipt", "when", "answer", "model", "cost", "saved"];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const receipt of page.data) {
    const { id, created_at, cost, saved } = receipt;
    const [spent, gained] = readableUsds([cost?.usd, saved?.usd]);
    const savedWords = saved === null ? "" : `${gained} (${verdictWords(saved.verdict)})`;
    table.push([id, created_at, answerWords(receipt), modelOf(receipt), spent, savedWords]);
  }
  print(table.toString());
  for (const { id, number } of page.damaged)
    print(`${id} (number ${number}) cannot be read: its row was changed or damaged`);
  if (page.damaged.length > 0) print("larder receipts verify finds every receipt that is not as it was written.");
}

/** What broke off is no answer, however it began. */
function answerWords({ basis, error_code }: ReceiptBody): string {
  return error_code === null ? basis : `failed: ${error_code}`;
}

function modelOf({ route: { chosen } }: ReceiptBody): string {
  return chosen === null ? "none" : `${chosen.provider}/${chosen.model}`;
}
