import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import { requireKnowledgeBase } from "../knowledge-base.ts";
import { renderCandidates } from "../render/candidates.ts";
import { exitCodes } from "../render/problem.ts";
import type { CandidateBody } from "../wire.ts";

export interface QuoteOptions {
  readonly input: number;
  readonly output: number;
  /** Of an API key: `key_…`. */
  readonly key?: string;
}

/**
 * `larder quote`: what a request of this size would cost at every model, cheapest first, and why others are out, also for
 * want of budget: of the total, of the knowledge base that `--kb` names, of the key that `--key` names.
 */
export async function quote({ input, output, key }: QuoteOptions, context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const { kb } = context.options;
  const { signal } = context;
  const named = kb === undefined ? undefined : await requireKnowledgeBase(connection, kb, signal);
  const json = {
    input_tokens: input,
    output_tokens: output,
    ...(named && { knowledge_base: named.id }),
    ...(key === undefined ? {} : { key }),
  };
  const body = await sendForJson<{ candidates: readonly CandidateBody[] }>(connection, "/v1/quote", {
    method: "POST",
    json,
    signal,
  });
  context.print(context.options.json ? JSON.stringify(body) : renderCandidates(body.candidates));
  return exitCodes.ok;
}
