import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import { renderCandidates } from "../render/candidates.ts";
import { exitCodes } from "../render/problem.ts";
import type { CandidateBody } from "../wire.ts";

export interface QuoteOptions {
  readonly input: number;
  readonly output: number;
}

/** `larder quote`: what a request of this size would cost at every model, cheapest first, and why others are out. */
export async function quote(given: QuoteOptions, context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const json = { input_tokens: given.input, output_tokens: given.output };
  const body = await sendForJson<{ candidates: readonly CandidateBody[] }>(connection, "/v1/quote", {
    method: "POST",
    json,
    signal: context.signal,
  });
  context.print(context.options.json ? JSON.stringify(body) : renderCandidates(body.candidates));
  return exitCodes.ok;
}
