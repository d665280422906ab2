/**
 * `npm run quickstart [-- <folder> "<question>"]`: from documents to cited answers with receipts, in one command,
 * without a key. Run again it reads nothing twice. Nothing is left running.
 */
import { untilInterrupted } from "../interruption.ts";
import { exitCodeOf, exitCodes, problemOf, renderProblem } from "../render/problem.ts";
import { runQuickstart } from "./run-quickstart.ts";

const help = `Usage: npm run quickstart [-- <folder or file> ["<question>" ...]]

Reads the documents, asks, and prints each answer with its citations, the route and the receipt. Without a folder it
reads Larder's own documents and asks three questions; without a question it asks about the folder's largest document.
Everything is kept in LARDER_DATA_DIR (.larder); what has not changed is not read again.

Exit code: 0 done, 2 wrong use, 3 some documents could not be read, 130 interrupted, 1 anything else.
`;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const args = process.argv.slice(2);
const option = args.find((arg) => /^--?[a-z]/i.test(arg));
if (option === "--help" || option === "-h") process.stdout.write(help);
else if (option !== undefined) {
  process.stderr.write(`error: there is no option ${option}\n\n${help}`);
  process.exitCode = exitCodes.usage;
} else process.exitCode = await run();

async function run(): Promise<number> {
  const interruption = untilInterrupted();
  try {
    return await runQuickstart(args, process.env, interruption.signal);
  } catch (thrown) {
    if (interruption.signal.aborted) return exitCodes.interrupted;
    const problem = problemOf(thrown);
    process.stderr.write(`${renderProblem(problem)}\n`);
    return exitCodeOf(problem);
  } finally {
    interruption.release();
  }
}
