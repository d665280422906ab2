/** `npm run eval:verifier -- --data <folder> --sets squad2-dev-half,covid-qa`: how well unsupported answers are found. */
import { LarderError } from "@larder/contracts";
import { readDataSet, sampleQueries } from "@larder/evaluation";
import { untilInterrupted } from "../../interruption.ts";
import { exitCodeOf, exitCodes, problemOf, renderProblem } from "../../render/problem.ts";
import { withEvaluationBench } from "../evaluation-bench.ts";
import { findSets, readSampleOptions } from "../evaluation-options.ts";
import { createStageProgress } from "../stage-progress.ts";
import { measureVerifier } from "./measure-verifier.ts";
import { renderVerifier } from "./render-verifier.ts";

const { signal } = untilInterrupted();
const args = process.argv.slice(2);
const isFitting = args.includes("--fit");

try {
  const options = readSampleOptions(
    args.filter((arg) => arg !== "--fit"),
    process.env,
  );
  const names = options.sets ?? (await findSets(options.data));
  const progress = createStageProgress(process.stderr, () => performance.now());
  const measurement = await withEvaluationBench(options.cacheFolder, process.env, progress, async ({ embedder }) => {
    const sets = await Promise.all(names.map((name) => readDataSet(options.data, name)));
    const labelled = sets
      .filter(({ gold }) => gold.size > 0)
      .map((set) => sampleQueries(set, options.queriesMax ?? 400));
    if (labelled.length === 0)
      throw new LarderError("DATA_SET_INVALID", { details: { problem: "no set has gold spans" } });
    return measureVerifier(labelled, embedder, { isFitting, seed: 1 }, { signal });
  });
  process.stdout.write(
    options.isJson ? `${JSON.stringify(measurement, null, 2)}\n` : `${renderVerifier(measurement)}\n`,
  );
} catch (thrown) {
  const problem = problemOf(thrown);
  process.stderr.write(`${renderProblem(problem)}\n`);
  process.exitCode = signal.aborted ? exitCodes.interrupted : exitCodeOf(problem);
}
