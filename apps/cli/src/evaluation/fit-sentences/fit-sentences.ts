import type { Call } from "@larder/contracts";
import { readDataSet, sampleQueries } from "@larder/evaluation";
import { withEvaluationBench } from "../evaluation-bench.ts";
import type { SampleOptions } from "../evaluation-options.ts";
import type { StageProgress } from "../stage-progress.ts";
import type { SentenceFit } from "./fit-sets.ts";
import { fitSets } from "./fit-sets.ts";
import type { JudgedSet } from "./judge-set.ts";
import { judgeSet } from "./judge-set.ts";

/** The sets with gold spans that the present weights were fitted on. */
const defaultSets = ["covid-qa", "chroma-chunking", "obliqa-dev-longdoc"];
/** So that sets count about the same, whatever their size. */
const defaultQueriesMax = 300;

/** Asks the questions of every set through the whole of Larder's search, then fits. */
export async function fitSentences(
  { data, sets: names = defaultSets, queriesMax = defaultQueriesMax, cacheFolder }: SampleOptions,
  env: Readonly<Record<string, string | undefined>>,
  progress: StageProgress,
  call: Call,
): Promise<SentenceFit> {
  return withEvaluationBench(cacheFolder, env, progress, async (bench) => {
    const sets: JudgedSet[] = [];
    for (const name of names) {
      sets.push(await judgeSet(bench, sampleQueries(await readDataSet(data, name), queriesMax), call));
    }
    return fitSets(sets);
  });
}
