import Table from "cli-table3";
import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import type { Connection } from "../connection.ts";
import { send, sendForJson } from "../connection.ts";
import { requireKnowledgeBase } from "../knowledge-base.ts";
import { readableUsds } from "../render/money.ts";
import { exitCodes } from "../render/problem.ts";
import type { BudgetBody } from "../wire.ts";

/** Which budget: `--kb` names a knowledge base's, `--key` a key's; without either it is the total. */
export interface BudgetGiven {
  readonly window: BudgetBody["window"];
  /** Of an API key: `key_…`. */
  readonly key?: string;
}

interface BudgetsBody {
  readonly caller_scope: string | null;
  readonly data: readonly BudgetBody[];
}

/** `larder budgets`: every budget with what is spent, held, reserved and left in the window of now. */
export async function listBudgets(context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const body = await sendForJson<BudgetsBody>(connection, "/v1/budgets", { signal: context.signal });
  if (context.options.json) context.print(JSON.stringify(body));
  else context.print(renderBudgets(body));
  return exitCodes.ok;
}

/** `larder budgets set <usd>`: makes a budget, or changes its limit and keeps what was spent. */
export async function setBudget(limit: string, given: BudgetGiven, context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const path = await pathOf(connection, given, context);
  const { signal } = context;
  const budget = await sendForJson<BudgetBody>(connection, path, { method: "PUT", json: { limit_usd: limit }, signal });
  if (context.options.json) context.print(JSON.stringify(budget));
  else context.print(renderBudgets({ caller_scope: null, data: [budget] }));
  return exitCodes.ok;
}

/** `larder budgets remove`: with all that it counted. */
export async function removeBudget(given: BudgetGiven, context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const path = await pathOf(connection, given, context);
  await send(connection, path, { method: "DELETE", signal: context.signal });
  const [, scope = "", window] = path.split("/").slice(2).map(decodeURIComponent);
  context.print(context.options.json ? JSON.stringify({ removed: { scope, window } }) : `removed: ${scope}, ${window}`);
  return exitCodes.ok;
}

async function pathOf(connection: Connection, { key, window }: BudgetGiven, { options, signal }: CommandContext) {
  const ofKnowledgeBase =
    options.kb === undefined ? "total" : (await requireKnowledgeBase(connection, options.kb, signal)).id;
  return `/v1/budgets/${encodeURIComponent(key ?? ofKnowledgeBase)}/${window}`;
}

function renderBudgets({ caller_scope, data }: BudgetsBody): string {
  if (data.length === 0) return "No budget bounds anything. Make one with: larder budgets set 5 --window day";
  const head = ["budget", "window", "limit", "spent", "held", "reserved", "left", "until"];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { scope, window, limit_usd, spent_usd, held_usd, reserved_usd, left_usd, window_end } of data) {
    const money = readableUsds([limit_usd, spent_usd, held_usd, reserved_usd, left_usd]);
    table.push([scope === caller_scope ? `${scope} (this key)` : scope, window, ...money, window_end ?? "no end"]);
  }
  const note = "held: calls whose bill nobody knows; reserved: calls under way";
  return [table.toString(), pc.dim(note)].join("\n");
}
