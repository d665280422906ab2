/** `npm run eval -- --data <folder>`: retrieval quality of the default pipeline on labelled sets; see docs/guides/evaluation.md. */
import { writeFile } from "node:fs/promises";
import { renderHtml, writeRun } from "@larder/evaluation";
import { untilInterrupted } from "../interruption.ts";
import { exitCodeOf, exitCodes, problemOf, renderProblem } from "../render/problem.ts";
import { readEvaluationOptions } from "./evaluation-options.ts";
import { renderResults } from "./render-results.ts";
import { toJson } from "./results-json.ts";
import { runEvaluation } from "./run-evaluation.ts";
import { createStageProgress } from "./stage-progress.ts";

const { signal } = untilInterrupted();

try {
  const options = readEvaluationOptions(process.argv.slice(2), process.env);
  const progress = createStageProgress(process.stderr, () => performance.now());
  const run = await runEvaluation(options, process.env, progress, { signal });
  if (options.save !== undefined) await writeFile(options.save, writeRun(run));
  if (options.html !== undefined) await writeFile(options.html, renderHtml(run));
  process.stdout.write(options.isJson ? `${JSON.stringify(toJson(run), null, 2)}\n` : `${renderResults(run)}\n`);
} catch (thrown) {
  const problem = problemOf(thrown);
  process.stderr.write(`${renderProblem(problem)}\n`);
  process.exitCode = signal.aborted ? exitCodes.interrupted : exitCodeOf(problem);
}
