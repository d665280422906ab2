import { join } from "node:path";
import { conductPrepared, findModel, openRunJournals, registerRun } from "@larder/api";
import type { Call, RunJournals } from "@larder/contracts";
import { formatUsd } from "@larder/contracts";
import type { DataSet } from "@larder/evaluation";
import { readDataSet, sampleQueries } from "@larder/evaluation";
import type { RunArmId, RunMetric, SavingsReport } from "@larder/savings-runs";
import { isAsking, runArmIds, runMetrics } from "@larder/savings-runs";
import type { CommandContext } from "../../command-context.ts";
import { commandInvalid } from "../../command-invalid.ts";
import { exitCodes } from "../../render/problem.ts";
import type { MeasureGiven } from "../../savings-options.ts";
import type { Planned } from "../../savings-output.ts";
import { describePlan, giveReports, refuseAbove } from "../../savings-output.ts";
import { openBaselines } from "../baseline-pipelines.ts";
import type { EvaluationBench } from "../evaluation-bench.ts";
import { addDocuments, withEvaluationBench } from "../evaluation-bench.ts";
import { defaultCacheFolder, findSets } from "../evaluation-options.ts";
import { createStageProgress } from "../stage-progress.ts";
import { armsOfSet, corpusOfSet, questionsOfSet } from "./set-arms.ts";

/**
 * `larder savings measure --data <folder>`: labelled sets that bring their documents, each in a knowledge base of its own
 * in memory. Journals are kept in the data folder like those of other runs.
 */
export async function measureSets(given: MeasureGiven, data: string, context: CommandContext): Promise<number> {
  const { signal } = context;
  const names = given.sets ?? (await findSets(data));
  const progress = createStageProgress(process.stderr, () => performance.now());
  const journals = openRunJournals(join(process.env.LARDER_DATA_DIR?.trim() || ".larder", "savings-runs"));
  const asks = given.quality !== undefined && isAsking({ metric: metricOf(given.quality) });
  const cache = given.cache ?? defaultCacheFolder(process.env);
  const reports = await withEvaluationBench(
    cache,
    process.env,
    progress,
    async (bench) => {
      const all: SavingsReport[] = [];
      for (const name of names) {
        const whole = await readDataSet(data, name);
        const set = given.maxQuestions === undefined ? whole : sampleQueries(whole, given.maxQuestions);
        const report = await measureSet(bench, set, given, journals, { signal });
        if (report !== undefined) all.push(report);
      }
      return all;
    },
    { isOffline: !asks },
  );
  if (!given.dryRun) await giveReports(reports, given, context);
  return exitCodes.ok;
}

async function measureSet(
  bench: EvaluationBench,
  set: DataSet,
  given: MeasureGiven,
  journals: RunJournals,
  call: Call,
): Promise<SavingsReport | undefined> {
  const { larder, embedder, progress } = bench;
  const corpus = corpusOfSet(set, larder.tokenCounter);
  const base = await addDocuments(bench, set, call);
  const wanted = given.arms?.map(armOf) ?? defaultArms;
  const baselines = await progress.during(`${set.name}: baselines`, set.documents.length, (step) =>
    openBaselines(larder, embedder, set, step, call),
  );
  await embedder.save();
  const model = findModel(larder, given.model);
  const parts = { bench, base, corpus, baselines, model, seed: given.seed, outputTokensMax: given.maxOutput };
  const prepared = registerRun(larder, optionsOf(given, wanted), {
    ...{ corpus, model, set: questionsOfSet(set) },
    arms: (some, questions) => armsOfSet(parts, some, questions),
  });
  const { plan } = prepared;
  const planned: Planned = {
    ...{ name: set.name, questions: prepared.set.questions.length, calls: plan.calls, judgeCalls: plan.judgeCalls },
    maximumCost: plan.costMax === undefined ? null : formatUsd(plan.costMax),
  };
  process.stderr.write(`${describePlan(planned)}\n`);
  if (given.dryRun) return undefined;
  refuseAbove(planned, given);
  const steps = conductPrepared({ ...larder, journals }, prepared, call);
  const first = await steps.next();
  if (first.done === true) return first.value; // finished before
  return progress.during(`${set.name}: measuring`, first.value.total - first.value.done, async (step) => {
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return next.value;
      step();
    }
  });
}

const defaultArms: readonly RunArmId[] = [
  "larder",
  "lexical_passages",
  "naive_rag",
  "random_passages",
  "oracle_evidence",
];

function optionsOf(given: MeasureGiven, arms: readonly RunArmId[]) {
  return {
    ...{ arms, budgets: given.budgets, margin: given.margin, runs: given.runs, seed: given.seed },
    ...{ judgedTwice: 0.2, outputTokensMax: given.maxOutput },
    metric: metricOf(given.quality ?? "evidence_recall"),
    ...(given.model === undefined ? {} : { model: given.model }),
    ...(given.judge === undefined ? {} : { judge: given.judge }),
    ...(given.primaryBudget === undefined ? {} : { primaryBudget: given.primaryBudget }),
  };
}

function armOf(name: string): RunArmId {
  const arm = runArmIds.find((id) => id === name);
  if (arm !== undefined) return arm;
  throw commandInvalid(`--arms knows ${runArmIds.join(", ")}, not ${name}`);
}

function metricOf(name: string): RunMetric {
  const metric = runMetrics.find((id) => id === name);
  if (metric !== undefined) return metric;
  throw commandInvalid(`--quality knows ${runMetrics.join(", ")}, not ${name}`);
}
