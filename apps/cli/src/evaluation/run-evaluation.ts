import { cpus, totalmem } from "node:os";
import type { Call } from "@larder/contracts";
import type { EvaluationRun, SetScores } from "@larder/evaluation";
import { readDataSet, sampleQueries } from "@larder/evaluation";
import { evaluateSet } from "./evaluate-set.ts";
import { withEvaluationBench } from "./evaluation-bench.ts";
import type { EvaluationOptions } from "./evaluation-options.ts";
import { findSets } from "./evaluation-options.ts";
import type { StageProgress } from "./stage-progress.ts";

/** Every set through a Larder of its own in this process, in a temporary folder and without any network. */
export async function runEvaluation(
  options: Omit<EvaluationOptions, "isJson" | "html" | "save">,
  env: Readonly<Record<string, string | undefined>>,
  progress: StageProgress,
  call: Call,
): Promise<EvaluationRun> {
  const names = options.sets ?? (await findSets(options.data));
  return withEvaluationBench(options.cacheFolder, env, progress, async (bench) => {
    const sets: SetScores[] = [];
    for (const name of names) {
      const whole = await readDataSet(options.data, name);
      const set = options.queriesMax === undefined ? whole : sampleQueries(whole, options.queriesMax);
      sets.push(await evaluateSet(bench, set, options, call));
    }
    const { retriever, tokenCounter } = bench.larder;
    return {
      retriever: retriever.id,
      embedder: bench.embedder.id,
      tokenCounter: tokenCounter.id,
      machine: describeMachine(),
      measuredAt: new Date().toISOString(),
      sets,
    };
  });
}

function describeMachine(): string {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${processors.length} x ${processors[0]?.model.trim() ?? "unknown"}, ${memory}, Node ${process.version}`;
}
