import { LarderError } from "@larder/contracts";
import pc from "picocolors";
import { ProblemReply } from "../connection.ts";
import type { ProblemBody } from "../wire.ts";
import { factsInWords } from "./facts.ts";

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

/** What to do in the words of this command, where the table's are those of HTTP. */
const hintsHere: Readonly<Record<string, string>> = {
  BUDGET_NOT_FOUND: "List them with: larder budgets",
  BUDGET_EXHAUSTED:
    "See: larder budgets. Wait for the next window, raise it with: larder budgets set <usd>, or set up a local model.",
  RECEIPT_NOT_FOUND: "List them with: larder receipts",
  MODEL_UNKNOWN: "List the names with: larder quote",
  REQUEST_INVALID: "See: larder <command> --help",
};

export function problemOf(thrown: unknown): ProblemBody {
  if (thrown instanceof ProblemReply) {
    const hint = hintsHere[thrown.problem.code] ?? thrown.problem.hint;
    return { ...thrown.problem, ...(hint === undefined ? {} : { hint }) };
  }
  if (LarderError.is(thrown)) {
    const { code, message, hint } = thrown;
    const detail = detailOf(thrown);
    return {
      code,
      title: message,
      status: thrown.blame === "caller" ? 400 : 500,
      hint: hintsHere[code] ?? hint,
      ...(detail === "" ? {} : { detail }),
    };
  }
  const title = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "UNEXPECTED", title, status: 500, hint: "Report it, with the command that led here." };
}

/** Facts in words. The data folder is named as it was given: this is shown to whoever gave it, and never sent. */
function detailOf({ code, details: { problems, pid, ...facts } }: LarderError): string {
  const lines = typeof problems === "string" ? problems.split("\n") : [];
  if (code.startsWith("DATA_DIR_")) {
    const holder = pid === undefined ? "" : `, which process ${pid} has open`;
    lines.push(`${process.env.LARDER_DATA_DIR?.trim() || ".larder"}${holder}`);
  }
  const others = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
  return [...lines, ...(others.length === 0 ? [] : [others.join("; ")])].join("\n  ");
}

export function exitCodeOf(problem: ProblemBody): number {
  return problem.status >= 400 && problem.status < 500 ? exitCodes.usage : exitCodes.failed;
}

export function renderProblem(problem: ProblemBody): string {
  const lines = [`${pc.red("error")} ${problem.title} ${pc.dim(problem.code)}`];
  if (problem.detail !== undefined && problem.detail !== problem.title) lines.push(`  ${problem.detail}`);
  const facts = factsInWords(problem);
  if (facts !== "") lines.push(`  ${facts}`);
  if (problem.hint !== undefined) lines.push(`  ${pc.yellow("what to do:")} ${problem.hint}`);
  return lines.join("\n");
}
