/**
 * `npm run quickstart [-- <folder> "<question>"]`: from documents to cited answers with receipts, in one command,
 * without a key. Run again it reads nothing twice. Nothing is left running.
 */
import { untilInterrupted } from "../interruption.ts";
import { exitCodeOf, exitCodes, problemOf, renderProblem } from "../render/problem.ts";
import { runQuickstart } from "./run-quickstart.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const interruption = untilInterrupted();
try {
  await runQuickstart(process.argv.slice(2), process.env, interruption.signal);
} catch (thrown) {
  if (interruption.signal.aborted) process.exitCode = exitCodes.interrupted;
  else {
    const problem = problemOf(thrown);
    process.stderr.write(`${renderProblem(problem)}\n`);
    process.exitCode = exitCodeOf(problem);
  }
} finally {
  interruption.release();
}
