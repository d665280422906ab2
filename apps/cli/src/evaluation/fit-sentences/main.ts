/** `npm run eval:fit-sentences -- --data <folder>`: the fit behind the weights of sentences; see docs/guides/evaluation.md. */
import { untilInterrupted } from "../../interruption.ts";
import { exitCodeOf, exitCodes, problemOf, renderProblem } from "../../render/problem.ts";
import { readSampleOptions } from "../evaluation-options.ts";
import { createStageProgress } from "../stage-progress.ts";
import { fitSentences } from "./fit-sentences.ts";
import { renderFit } from "./render-fit.ts";

const { signal } = untilInterrupted();

try {
  const options = readSampleOptions(process.argv.slice(2), process.env);
  const progress = createStageProgress(process.stderr, () => performance.now());
  const fit = await fitSentences(options, process.env, progress, { signal });
  process.stdout.write(options.isJson ? `${JSON.stringify(fit, null, 2)}\n` : `${renderFit(fit)}\n`);
} catch (thrown) {
  const problem = problemOf(thrown);
  process.stderr.write(`${renderProblem(problem)}\n`);
  process.exitCode = signal.aborted ? exitCodes.interrupted : exitCodeOf(problem);
}
