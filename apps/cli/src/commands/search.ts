import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import type { FilterOptions } from "../filter-options.ts";
import { filterOf } from "../filter-options.ts";
import { requireKnowledgeBase } from "../knowledge-base.ts";
import { exitCodes } from "../render/problem.ts";
import type { SearchBody } from "../wire.ts";

export interface SearchOptions extends FilterOptions {
  readonly limit?: number;
  readonly budget?: number | "auto";
  readonly mode?: string;
  /** Earlier questions, oldest first. */
  readonly after?: readonly string[];
}

/** `larder search "<question>"`: the evidence, without an answer. */
export async function search(question: string, given: SearchOptions, context: CommandContext): Promise<number> {
  const { signal, options } = context;
  await using connection = await context.connect();
  const { id } = await requireKnowledgeBase(connection, options.kb, signal);
  const { limit, budget: token_budget, mode } = given;
  const history = given.after?.map((earlier) => ({ question: earlier }));
  const json = { query: question, history, limit, token_budget, mode, filter: filterOf(given) };
  const path = `/v1/knowledge-bases/${id}/search`;
  const found = await sendForJson<SearchBody>(connection, path, { method: "POST", json, signal });
  if (options.json) context.print(JSON.stringify(found));
  else {
    for (const [i, item] of found.evidence.entries()) {
      const page = item.page === null ? "" : ` · page ${item.page}`;
      const heading = item.heading === null || item.heading === "" ? "" : ` · ${item.heading}`;
      const file = item.file_name && item.file_name !== item.title ? ` · ${item.file_name}` : "";
      context.print(
        `${pc.cyan(`[${i + 1}]`)} ${pc.bold(item.title)}${file}${heading}${page} ${pc.dim(item.score.toFixed(3))}`,
      );
      context.print(`${item.text.trim()}\n`);
    }
    context.print(pc.dim(`${found.evidence.length} passages, ${found.tokens} tokens`));
    for (const sentence of found.degraded) context.print(pc.yellow(`degraded: ${sentence}`));
  }
  return exitCodes.ok;
}
