import Table from "cli-table3";
import pc from "picocolors";
import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import { readableUsd } from "../render/money.ts";
import { exitCodes } from "../render/problem.ts";
import type { CandidateBody } from "../wire.ts";

export interface QuoteOptions {
  readonly input: number;
  readonly output: number;
}

const rowsMax = 25; // of models that are out; --json has all

/** `larder quote`: what a request of this size would cost at every model, cheapest first, and why others are out. */
export async function quote(given: QuoteOptions, context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const json = { input_tokens: given.input, output_tokens: given.output };
  const body = await sendForJson<{ candidates: readonly CandidateBody[] }>(connection, "/v1/quote", {
    method: "POST",
    json,
    signal: context.signal,
  });
  if (context.options.json) {
    context.print(JSON.stringify(body));
    return exitCodes.ok;
  }
  const table = new Table({ head: ["model", "expected cost", "why"], style: { head: [], border: [], compact: true } });
  const shown = [
    ...body.candidates.filter((c) => c.eligible),
    ...body.candidates.filter((c) => !c.eligible).slice(0, rowsMax),
  ];
  for (const { provider, model, eligible, expected_cost_usd, reasons } of shown) {
    const name = `${provider}/${model}`;
    table.push([eligible ? pc.green(name) : pc.dim(name), readableUsd(expected_cost_usd), reasons.join("; ")]);
  }
  context.print(table.toString());
  const hidden = body.candidates.length - shown.length;
  if (hidden > 0) context.print(pc.dim(`and ${hidden} more that are out; --json lists them`));
  return exitCodes.ok;
}
