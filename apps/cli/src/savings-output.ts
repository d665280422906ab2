import { writeFile } from "node:fs/promises";
import { commandLineErrors, formatUsd, parseUsd } from "@larder/contracts";
import type { SavingsReport } from "@larder/savings-runs";
import { renderSavingsHtml, renderSavingsMarkdown } from "@larder/savings-runs";
import type { CommandContext } from "./command-context.ts";
import { ProblemReply } from "./connection.ts";
import type { MeasureGiven } from "./savings-options.ts";
import type { ProblemBody } from "./wire.ts";

/** What a run would ask, and the most that it can cost. */
export interface Planned {
  readonly name: string;
  readonly questions: number;
  readonly calls: number;
  readonly judgeCalls: number;
  /** Decimal dollars; `null` when a price is not known. */
  readonly maximumCost: string | null;
}

export function describePlan({ name, questions, calls, judgeCalls, maximumCost }: Planned): string {
  if (calls === 0) return `${name}: ${questions} questions; nothing is asked, so it costs nothing.`;
  const judging = judgeCalls === 0 ? "" : ` and at most ${judgeCalls} judgements`;
  const most = maximumCost === null ? "of which the price is not known" : `at most $${maximumCost}`;
  return `${name}: ${questions} questions, ${calls} calls${judging}, ${most}.`;
}

/** @throws {@link ProblemReply} `SPENDING_ABOVE_LIMIT` for a plan above `--max-spend`, or without a known price */
export function refuseAbove({ maximumCost, calls }: Planned, { maxSpend }: Pick<MeasureGiven, "maxSpend">): void {
  if (maxSpend === undefined || calls === 0) return;
  const limit = parseUsd(maxSpend);
  const most = maximumCost === null ? undefined : parseUsd(maximumCost);
  if (limit !== undefined && most !== undefined && most <= limit) return;
  throw new ProblemReply({
    code: "SPENDING_ABOVE_LIMIT",
    title: commandLineErrors.SPENDING_ABOVE_LIMIT.meaning,
    status: 402,
    detail: `at most ${most === undefined ? "an unknown amount" : `$${formatUsd(most)}`}, allowed $${maxSpend}`,
    hint: commandLineErrors.SPENDING_ABOVE_LIMIT.hint,
  });
}

/** A refused run with what its hint points to, `problem`, where the command line shows it. */
export function withProblem(thrown: unknown): unknown {
  if (!(thrown instanceof ProblemReply) || thrown.problem.code !== "SAVINGS_RUN_INVALID") return thrown;
  const body: ProblemBody & { readonly problem?: unknown } = thrown.problem;
  return typeof body.problem === "string" ? new ProblemReply({ ...body, detail: `problem: ${body.problem}` }) : thrown;
}

/** Files that were asked for, and the report in words or as JSON. */
export async function giveReports(
  reports: readonly SavingsReport[],
  given: Pick<MeasureGiven, "html" | "out">,
  { print, options }: Pick<CommandContext, "print" | "options">,
): Promise<void> {
  const json = JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2);
  if (given.html !== undefined) await writeFile(given.html, renderSavingsHtml(reports));
  if (given.out !== undefined) await writeFile(given.out, `${json}\n`);
  print(options.json ? json : reports.map(renderSavingsMarkdown).join("\n\n"));
}
