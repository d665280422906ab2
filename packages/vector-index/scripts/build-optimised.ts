/**
 * `npm run native:optimise [-- --remove]`: compiles hnswlib-node for this processor, beside the plain build. Servers that
 * run keep theirs until they start again.
 */
import { LarderError } from "@larder/contracts";
import { optimiseNative, removeOptimised } from "../src/index.ts";

const interruption = new AbortController();
process.once("SIGINT", () => interruption.abort(new LarderError("REQUEST_ABORTED")));
const print = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  if (process.argv.includes("--remove")) {
    await removeOptimised();
    print("The plain build is in use.");
  } else {
    const build = await optimiseNative({ onStep: (step) => print(`${step} …`) }, { signal: interruption.signal });
    print(`hnswlib-node ${build.version} is optimised for ${build.processorName}. Start Larder again to use it.`);
  }
} catch (thrown) {
  process.exitCode = interruption.signal.aborted ? 130 : 1;
  if (!LarderError.is(thrown)) throw thrown;
  process.stderr.write(`${thrown.message} ${thrown.hint} (${thrown.code}) ${JSON.stringify(thrown.details)}\n`);
  if (thrown.cause !== undefined) process.stderr.write(`${thrown.cause}\n`);
}
