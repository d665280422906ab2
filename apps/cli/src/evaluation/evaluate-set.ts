import type { Call } from "@larder/contracts";
import type { AbstentionScores, DataSet, DocumentEvaluation, Pipeline, SetScores } from "@larder/evaluation";
import { areaUnderRoc, evaluateDocuments, evaluateSpans, falseAnswerRate, rankingLimits } from "@larder/evaluation";
import { openBaselines } from "./baseline-pipelines.ts";
import type { EvaluationBench } from "./evaluation-bench.ts";
import { addDocuments } from "./evaluation-bench.ts";
import type { PipelineRecipe } from "./larder-pipelines.ts";
import { recipeOf, recipes } from "./larder-pipelines.ts";

export interface SetPlan {
  readonly modes?: readonly string[];
  readonly hasBaselines: boolean;
}

/** One set through the whole of Larder, and through what it is compared with. */
export async function evaluateSet(bench: EvaluationBench, set: DataSet, plan: SetPlan, call: Call): Promise<SetScores> {
  const { larder, embedder, progress } = bench;
  const base = await addDocuments(bench, set, call);
  const embedded = embedder.takeEmbedded();
  const ours = recipesOf(plan, set).map((recipe) => recipe.create(larder, base));
  const facts = {
    set: set.name,
    kind: set.kind,
    documents: set.documents.length,
    passages: base.passages,
    ...(embedded.texts === 0 ? {} : { passagesEmbeddedPerSecond: (1_000 * embedded.texts) / embedded.ms }),
  };
  if (set.kind === "documents") {
    return { ...facts, ...(await evaluateAllDocuments(bench, set, ours, call)) };
  }
  const baselines = plan.hasBaselines
    ? await progress.during(`${set.name}: baselines`, set.documents.length, (step) =>
        openBaselines(larder, embedder, set, step, call),
      )
    : [];
  await embedder.save();
  const pipelines = [...ours, ...baselines];
  return { ...facts, pipelines: await evaluateAllSpans(bench, set, pipelines, call), abstention: [] };
}

function recipesOf({ modes }: SetPlan, { kind }: DataSet): readonly PipelineRecipe[] {
  if (modes === undefined) return recipes.filter(({ isDefaultFor }) => isDefaultFor.includes(kind));
  return modes.flatMap((id) => recipeOf(id) ?? []);
}

async function evaluateAllSpans(bench: EvaluationBench, set: DataSet, pipelines: readonly Pipeline[], call: Call) {
  const scores: SetScores["pipelines"][number][] = [];
  for (const pipeline of pipelines) {
    const ofPipeline = await bench.progress.during(`${set.name}: ${pipeline.id}`, set.queries.length, (onQuery) =>
      evaluateSpans(set, pipeline, { nowMs: () => performance.now(), onQuery }, call),
    );
    scores.push(ofPipeline);
  }
  return scores;
}

async function evaluateAllDocuments(
  { progress }: EvaluationBench,
  set: DataSet,
  pipelines: readonly Pipeline[],
  call: Call,
): Promise<Pick<SetScores, "pipelines" | "abstention">> {
  const evaluations: DocumentEvaluation[] = [];
  const abstention: AbstentionScores[] = [];
  for (const pipeline of pipelines) {
    const total = set.queries.length + set.unanswerable.length;
    await progress.during(`${set.name}: ${pipeline.id}`, total, async (onQuery) => {
      const evaluation = await evaluateDocuments(set, pipeline, { nowMs: () => performance.now(), onQuery }, call);
      evaluations.push(evaluation);
      if (set.unanswerable.length > 0) {
        abstention.push(await evaluateAbstention(set, pipeline, evaluation.confidences, onQuery, call));
      }
    });
  }
  return { pipelines: evaluations.map(({ scores }) => scores), abstention };
}

/** Asks what the documents do not answer, under the same limits as what they do. */
async function evaluateAbstention(
  { unanswerable }: DataSet,
  pipeline: Pipeline,
  answerable: readonly number[],
  onQuery: () => void,
  call: Call,
): Promise<AbstentionScores> {
  const refusable: number[] = [];
  for (const query of unanswerable) {
    const { confidence } = await pipeline.retrieve(query, rankingLimits, call);
    refusable.push(confidence ?? 0);
    onQuery();
  }
  return {
    pipeline: pipeline.id,
    answerable: answerable.length,
    unanswerable: refusable.length,
    areaUnderRoc: areaUnderRoc(answerable, refusable),
    falseAnswerRate: falseAnswerRate(answerable, refusable, 0.95),
  };
}
