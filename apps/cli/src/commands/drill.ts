import { readFile } from "node:fs/promises";
import type { NanoUsd } from "@larder/contracts";
import { commandLineErrors, formatUsd, parseUsd } from "@larder/contracts";
import { z } from "zod";
import type { CommandContext } from "../command-context.ts";
import type { Connection } from "../connection.ts";
import { ProblemReply, sendForJson } from "../connection.ts";
import { requireKnowledgeBase } from "../knowledge-base.ts";
import type { DrilledAnswer, DrillPair, DrillReport } from "../models/compare-answers.ts";
import { reportDrill } from "../models/compare-answers.ts";
import { readableUsd } from "../render/money.ts";
import { exitCodes } from "../render/problem.ts";
import type { AnswerBody } from "../wire.ts";

export interface DrillGiven {
  /** JSON lines, each with `question`. */
  readonly questions: string;
  readonly to: string;
  /** Absent: the model that the policy chooses for each question. */
  readonly from?: string;
  readonly limit: number;
  readonly yes: boolean;
}

const line = z.object({ question: z.string().min(1) });
const outputTokensMax = 800;

/** What one question may cost at most at one model, found by a dry run, which sends nothing. */
interface Planned {
  readonly question: string;
  readonly model: string;
  readonly worst: bigint;
}

/**
 * `larder models drill --to <model>`: asks the same questions of two models, over the same evidence, and says how far
 * their answers agree, which are grounded, what they cost and how long they took. The most that it may spend is printed
 * first, and nothing is sent without `--yes`. Only the evidence leaves, as with every question; documents stay here.
 */
export async function drill(given: DrillGiven, context: CommandContext): Promise<number> {
  const questions = (await readQuestions(given.questions)).slice(0, given.limit);
  await using connection = await context.connect();
  const { id } = await requireKnowledgeBase(connection, context.options.kb, context.signal);
  const asker = { connection, path: `/v1/knowledge-bases/${id}/query`, signal: context.signal };
  const plans: { readonly from: Planned; readonly to: Planned }[] = [];
  for (const question of questions) {
    plans.push({ from: await plan(asker, question, given.from), to: await plan(asker, question, given.to) });
  }
  const most = plans.reduce((sum, { from, to }) => sum + from.worst + to.worst, 0n);
  const spend = `${questions.length} questions, each asked of two models: at most $${formatUsd(most as NanoUsd)}.`;
  process.stderr.write(`${spend}\n`);
  if (!given.yes) {
    process.stderr.write("Nothing was sent. Run it again with --yes to spend that.\n");
    return exitCodes.usage;
  }
  const pairs: DrillPair[] = [];
  for (const { from, to } of plans) {
    // In turn first and second, so that neither always finds what the other warmed up.
    const isSwapped = pairs.length % 2 === 1;
    const first = await ask(asker, isSwapped ? to : from);
    const second = await ask(asker, isSwapped ? from : to);
    pairs.push({ question: from.question, from: isSwapped ? second : first, to: isSwapped ? first : second });
  }
  const report = reportDrill(pairs);
  context.print(context.options.json ? toJson(report) : renderReport(report, given));
  return exitCodes.ok;
}

interface Asker {
  readonly connection: Connection;
  readonly path: string;
  readonly signal: AbortSignal;
}

async function plan(
  { connection, path, signal }: Asker,
  question: string,
  model: string | undefined,
): Promise<Planned> {
  const policy = model === undefined ? {} : { models: [model] };
  const json = { question, policy, max_output_tokens: outputTokensMax, dry_run: true };
  const { route, basis } = await sendForJson<AnswerBody>(connection, path, { method: "POST", json, signal });
  const [candidate] = route.candidates;
  if (basis === "abstained") return { question, model: model ?? "", worst: 0n }; // nothing will be sent
  if (candidate?.eligible !== true) {
    throw new ProblemReply({
      code: "POLICY_UNSATISFIABLE",
      title: `${model ?? "No model"} cannot be asked.`,
      status: 422,
      detail: route.reason,
    });
  }
  const worst = parseUsd(candidate.worst_cost_usd ?? "") ?? 0n;
  return { question, model: `${candidate.provider}/${candidate.model}`, worst };
}

/** No more than was planned: the plan's worst case is the request's own limit, and no other model answers for it. */
async function ask({ connection, path, signal }: Asker, { question, model, worst }: Planned): Promise<DrilledAnswer> {
  const policy = model === "" ? {} : { models: [model], max_cost_usd: formatUsd(worst as NanoUsd) };
  const json = { question, policy, max_output_tokens: outputTokensMax };
  const startMs = performance.now();
  const answer = await sendForJson<AnswerBody>(connection, path, { method: "POST", json, signal });
  const cost = answer.cost?.usd === null || answer.cost === null ? undefined : parseUsd(answer.cost.usd);
  return {
    text: answer.answer ?? "",
    isGrounded: answer.grounded && answer.basis === "generated",
    isAbstained: answer.basis === "abstained",
    ...(cost === undefined ? {} : { cost }),
    totalMs: performance.now() - startMs,
  };
}

async function readQuestions(file: string): Promise<readonly string[]> {
  try {
    const lines = (await readFile(file, "utf8")).split("\n").filter((text) => text.trim() !== "");
    return lines.map((text) => line.parse(JSON.parse(text)).question);
  } catch {
    const title = `${file} is no list of questions.`;
    throw new ProblemReply({
      code: "QUESTIONS_UNREADABLE",
      title,
      status: 0,
      hint: commandLineErrors.QUESTIONS_UNREADABLE.hint,
    });
  }
}

function renderReport({ pairs, agreement, grounded, cost, latencyMs }: DrillReport, { from, to }: DrillGiven): string {
  const old = from ?? "the policy's choice";
  const usd = (value: bigint) => readableUsd(formatUsd(value as NanoUsd));
  const ms = (value: number) => `${Math.round(value)} ms`;
  return [
    `${pairs} questions, ${old} against ${to}, over the same evidence:`,
    `  agreement     ${(agreement * 100).toFixed(0)} % of words (mean F1 of each pair)`,
    `  grounded      both ${grounded.both}, only ${old} ${grounded.fromOnly}, only ${to} ${grounded.toOnly}, neither ${grounded.neither}`,
    `  cost          ${usd(cost.from)} against ${usd(cost.to)}, over ${cost.pairs} pairs whose costs are known`,
    `  latency       median ${ms(latencyMs.from)} against ${ms(latencyMs.to)}; of each pair ${latencyMs.difference >= 0 ? "+" : ""}${ms(latencyMs.difference)}`,
  ].join("\n");
}

function toJson(report: DrillReport): string {
  return JSON.stringify(report, (_, value: unknown) =>
    typeof value === "bigint" ? formatUsd(value as NanoUsd) : value,
  );
}
