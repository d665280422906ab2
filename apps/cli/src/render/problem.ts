import { LarderError } from "@larder/contracts";
import pc from "picocolors";
import { ProblemReply } from "../connection.ts";
import type { ProblemBody } from "../wire.ts";

/** What each way to end means to a calling program. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  /** The command or its input must be changed. */
  usage: 2,
  /** It worked, but some documents failed. */
  incomplete: 3,
  /** The knowledge base does not hold the answer. */
  abstained: 4,
  interrupted: 130,
} as const;

export function problemOf(thrown: unknown): ProblemBody {
  if (thrown instanceof ProblemReply) return thrown.problem;
  if (LarderError.is(thrown)) {
    const { code, message, hint, details } = thrown;
    const detail = Object.entries(details)
      .map(([name, value]) => `${name}: ${value}`)
      .join("; ");
    return {
      code,
      title: message,
      status: thrown.blame === "caller" ? 400 : 500,
      hint,
      ...(detail === "" ? {} : { detail }),
    };
  }
  const title = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "UNEXPECTED", title, status: 500, hint: "Report it, with the command that led here." };
}

export function exitCodeOf(problem: ProblemBody): number {
  return problem.status >= 400 && problem.status < 500 ? exitCodes.usage : exitCodes.failed;
}

export function renderProblem(problem: ProblemBody): string {
  const lines = [`${pc.red("error")} ${problem.title} ${pc.dim(problem.code)}`];
  if (problem.detail !== undefined && problem.detail !== problem.title) lines.push(`  ${problem.detail}`);
  if (problem.hint !== undefined) lines.push(`  ${pc.yellow("what to do:")} ${problem.hint}`);
  return lines.join("\n");
}
