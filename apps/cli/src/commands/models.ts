import Table from "cli-table3";
import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import { readableUsd } from "../render/money.ts";
import { exitCodes } from "../render/problem.ts";

interface PredictionBody {
  readonly provider: string;
  readonly model: string;
  readonly task: string;
  readonly attempts: number;
  readonly billed_over_expected: number;
  readonly mean_absolute_error: number;
}

interface ProbeBody {
  readonly maximum_cost_usd: string;
  readonly probes: readonly { readonly provider: string; readonly model: string; readonly calls: number }[];
  readonly results: readonly {
    readonly provider: string;
    readonly model: string;
    readonly flag: string;
    readonly outcome: string;
    readonly advertised: boolean;
    readonly cost_usd: string | null;
  }[];
}

const plain = { head: [], border: [], compact: true };
const percent = (share: number) => `${Math.round(100 * share)} %`;

/** `larder models predictions`: how far expected costs were from the bills. */
export async function predictions(context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const body = await sendForJson<{ data: readonly PredictionBody[] }>(connection, "/v1/predictions", {
    signal: context.signal,
  });
  if (context.options.json) {
    context.print(JSON.stringify(body));
    return exitCodes.ok;
  }
  const table = new Table({ head: ["model", "task", "attempts", "billed / expected", "mean error"], style: plain });
  for (const of of body.data) {
    const { provider, model, task, attempts, billed_over_expected, mean_absolute_error } = of;
    const figures = [attempts.toFixed(1), billed_over_expected.toFixed(2), percent(mean_absolute_error)];
    table.push([`${provider}/${model}`, task, ...figures]);
  }
  context.print(body.data.length === 0 ? "no model was asked yet" : table.toString());
  return exitCodes.ok;
}

/** `larder models probe`: the most that it may cost first, then the requests, then what they showed. */
export async function probeModels(
  model: string | undefined,
  given: { readonly dryRun?: boolean },
  context: CommandContext,
): Promise<number> {
  await using connection = await context.connect();
  const send = (dry_run: boolean) =>
    sendForJson<ProbeBody>(connection, "/v1/model-probes", {
      method: "POST",
      json: { dry_run, ...(model === undefined ? {} : { model }) },
      signal: context.signal,
    });
  const plan = await send(true);
  const calls = plan.probes.reduce((sum, probe) => sum + probe.calls, 0);
  const most = `${calls} requests to ${plan.probes.length} models: at most ${readableUsd(plan.maximum_cost_usd)}`;
  if (context.options.json) process.stderr.write(`${most}\n`);
  else context.print(most);
  const isDry = given.dryRun === true || calls === 0;
  const body = isDry ? plan : await send(false);
  if (context.options.json) {
    context.print(JSON.stringify(body));
    return exitCodes.ok;
  }
  const table = new Table({ head: ["model", "flag", "advertised", "found", "cost"], style: plain });
  for (const { provider, model: name, flag, advertised, outcome, cost_usd } of body.results) {
    table.push([`${provider}/${name}`, flag, advertised ? "yes" : "no", outcome, readableUsd(cost_usd)]);
  }
  if (body.results.length > 0) context.print(table.toString());
  return exitCodes.ok;
}
