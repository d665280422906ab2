/** `npm run savings:demo`: what retrieval saves on Larder's own documents, measured without a key, as a page. */
import { untilInterrupted } from "../../interruption.ts";
import { exitCodeOf, exitCodes, problemOf, renderProblem } from "../../render/problem.ts";
import { runSavingsDemo } from "./run-savings-demo.ts";

const interruption = untilInterrupted();
try {
  process.exitCode = await runSavingsDemo(process.env, interruption.signal);
} catch (thrown) {
  const problem = problemOf(thrown);
  if (!interruption.signal.aborted) process.stderr.write(`${renderProblem(problem)}\n`);
  process.exitCode = interruption.signal.aborted ? exitCodes.interrupted : exitCodeOf(problem);
} finally {
  interruption.release();
}
