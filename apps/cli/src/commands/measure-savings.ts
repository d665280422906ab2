import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { LarderError } from "@larder/contracts";
import type { SavingsReport } from "@larder/savings-runs";
import { parseQuestionLines, savingsReport } from "@larder/savings-runs";
import type { CommandContext } from "../command-context.ts";
import { commandInvalid } from "../command-invalid.ts";
import type { Connection } from "../connection.ts";
import { ProblemReply, send, sendForJson } from "../connection.ts";
import { requireKnowledgeBase } from "../knowledge-base.ts";
import { exitCodes } from "../render/problem.ts";
import { startProgress } from "../render/progress.ts";
import type { MeasureGiven } from "../savings-options.ts";
import { describePlan, giveReports, refuseAbove, withProblem } from "../savings-output.ts";
import { readServerSentEvents } from "../server-sent-events.ts";
import type { ProblemBody } from "../wire.ts";

interface RunBody {
  readonly id: string;
  readonly state: "planned" | "running" | "finished" | "stopped" | "failed";
  readonly done: number;
  readonly total: number;
  readonly report: unknown;
}

interface PlannedBody extends RunBody {
  readonly questions: number;
  readonly questions_left_out: number;
  readonly calls: number;
  readonly judge_calls: number;
  readonly maximum_cost_usd: string | null;
  readonly infeasible: readonly { readonly arm: string; readonly reason: string }[];
}

const path = "/v1/savings/runs";

/**
 * `larder savings measure` on a knowledge base: plans, says what it can cost at most, measures and prints the report.
 * Interrupted, the same command goes on where it stopped; with `--server` the run goes on over there.
 */
export async function measureSavings(given: MeasureGiven, context: CommandContext): Promise<number> {
  const { signal, options } = context;
  const questions = await questionsOf(given);
  await using connection = await context.connect();
  const { id: knowledgeBase } = await requireKnowledgeBase(connection, options.kb, signal);
  const json = { ...toBody(given), knowledge_base: knowledgeBase, ...questions };
  const plan = await sendForJson<PlannedBody>(connection, path, {
    method: "POST",
    json: { ...json, dry_run: true },
    signal,
  }).catch((thrown: unknown) => {
    throw withProblem(thrown);
  });
  const planned = {
    ...{ name: questions.name, questions: plan.questions, calls: plan.calls, judgeCalls: plan.judge_calls },
    maximumCost: plan.maximum_cost_usd,
  };
  tell(describePlan(planned));
  if (plan.questions_left_out > 0) tell(`${plan.questions_left_out} questions have no known answer and are left out.`);
  for (const { arm, reason } of plan.infeasible) tell(`${arm} is left out: ${reason}`);
  if (given.dryRun) {
    if (options.json) context.print(JSON.stringify(plan));
    return exitCodes.ok;
  }
  refuseAbove(planned, given);
  const begun = await sendForJson<PlannedBody>(connection, path, { method: "POST", json, signal });
  tell(`run ${begun.id}, written down; the same command goes on with it if it is stopped`);
  await giveReports([await follow(connection, begun.id, context)], given, context);
  return exitCodes.ok;
}

/** Under a bar, to its report. */
export async function follow(
  connection: Connection,
  id: string,
  { signal, isTerminal }: Pick<CommandContext, "signal" | "isTerminal">,
): Promise<SavingsReport> {
  let bar: ReturnType<typeof startProgress> | undefined;
  let shown = 0;
  try {
    for await (const { event, data } of readServerSentEvents(
      await send(connection, `${path}/${id}/events`, { signal }),
    )) {
      if (event === "error") throw new ProblemReply(data as ProblemBody);
      const body = data as RunBody;
      bar ??= startProgress(body.total, isTerminal && body.total > 0);
      for (; shown < body.done; shown += 1) bar.step("measured");
      if (event !== "done") continue;
      if (body.report === null) break;
      return savingsReport.parse(body.report);
    }
  } finally {
    bar?.stop();
  }
  throw signal.aborted ? signal.reason : new LarderError("SERVER_STOPPING");
}

async function questionsOf({ set, generate }: MeasureGiven) {
  if ((set === undefined) === (generate === undefined)) {
    throw commandInvalid("give one of --set, --generate and --data");
  }
  if (set === undefined) return { name: "generated", generate };
  let text: string;
  try {
    text = await readFile(set, "utf8");
  } catch (cause) {
    throw new LarderError("FILE_NOT_FOUND", { details: { file: basename(set) }, cause });
  }
  return { name: basename(set), questions: parseQuestionLines(text, basename(set)) };
}

function toBody(given: MeasureGiven) {
  return {
    ...{ budgets: given.budgets, margin: given.margin, runs: given.runs, seed: given.seed },
    max_output_tokens: given.maxOutput,
    ...(given.arms === undefined ? {} : { arms: given.arms }),
    ...(given.model === undefined ? {} : { model: given.model }),
    ...(given.quality === undefined ? {} : { metric: given.quality }),
    ...(given.judge === undefined ? {} : { judge: given.judge }),
    ...(given.primaryBudget === undefined ? {} : { primary_budget: given.primaryBudget }),
  };
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
