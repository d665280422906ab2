/** `npm run eval:compare -- A B`: two files of `npm run eval -- --save`, query by query; see docs/guides/evaluation.md. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { LarderError } from "@larder/contracts";
import type { EvaluationRun } from "@larder/evaluation";
import { compareRuns, parseRun } from "@larder/evaluation";
import { exitCodeOf, problemOf, renderProblem } from "../../render/problem.ts";
import { renderComparison } from "./render-comparison.ts";

try {
  const { files, isJson, hasAllMetrics } = readArguments(process.argv.slice(2));
  const [a, b] = [await readRun(files[0]), await readRun(files[1])];
  const comparison = compareRuns(a, b);
  const text = isJson ? JSON.stringify(comparison, null, 2) : renderComparison(comparison, hasAllMetrics);
  process.stdout.write(`${text}\n`);
} catch (thrown) {
  const problem = problemOf(thrown);
  process.stderr.write(`${renderProblem(problem)}\n`);
  process.exitCode = exitCodeOf(problem);
}

function readArguments(args: string[]) {
  try {
    const options = { json: { type: "boolean" }, all: { type: "boolean" } } as const;
    const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
    const [first, second, ...more] = positionals;
    if (first !== undefined && second !== undefined && more.length === 0) {
      return { files: [first, second] as const, isJson: values.json === true, hasAllMetrics: values.all === true };
    }
  } catch (cause) {
    const problems = cause instanceof Error ? cause.message : "unknown option";
    throw new LarderError("CONFIG_INVALID", { details: { problems }, cause });
  }
  throw new LarderError("CONFIG_INVALID", { details: { problems: "two files are needed, such as `before after`" } });
}

async function readRun(file: string): Promise<EvaluationRun> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new LarderError("FILE_NOT_FOUND", { details: { file }, cause });
  }
  return parseRun(text, file);
}
