import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import { requireKnowledgeBase } from "../knowledge-base.ts";
import { exitCodes } from "../render/problem.ts";
import { renderSavings } from "../render/savings.ts";
import type { SavingsBody } from "../wire-savings.ts";

export interface EstimateGiven {
  readonly window: string;
  readonly group?: string;
}

/** `larder savings estimate`: what retrieval saved in the last answers, or cost, as their receipts have it. */
export async function estimateSavings(given: EstimateGiven, context: CommandContext): Promise<number> {
  const { options, signal, print } = context;
  await using connection = await context.connect();
  const ofOne = options.kb === undefined ? undefined : (await requireKnowledgeBase(connection, options.kb, signal)).id;
  const query = { window: given.window, group: given.group, knowledge_base: ofOne };
  const body = await sendForJson<SavingsBody>(connection, "/v1/savings", { query, signal });
  print(options.json ? JSON.stringify(body) : renderSavings(body));
  return exitCodes.ok;
}
