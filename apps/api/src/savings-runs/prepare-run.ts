import type { Call, ModelEntry } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { Corpus, OfferedArm, QuestionSet, RunArmId, RunMetric, RunRegistration } from "@larder/savings-runs";
import {
  checkRegistration,
  documentFinder,
  generateQuestions,
  isAsking,
  knowledgeBaseArms,
  planSpending,
  questionSetSha256,
  readCorpus,
  runIdOf,
  runPromptId,
  toQuestionSet,
} from "@larder/savings-runs";
import type { Larder } from "../larder.ts";
import { createNaiveRagArm } from "./pipeline-arms.ts";
import { createRouterAsker } from "./router-asker.ts";
import type { PreparedRun, RunOptions, RunRequest } from "./run-request.ts";

export type RunParts = Pick<
  Larder,
  | "router"
  | "ledger"
  | "callIntents"
  | "clock"
  | "ids"
  | "tokenCounter"
  | "retriever"
  | "lexical"
  | "store"
  | "embedder"
>;

/** Reads the documents and the questions and says what would be measured. Sends nothing, writes nothing. */
export async function prepareRun(parts: RunParts, request: RunRequest, call: Call): Promise<PreparedRun> {
  const { store } = parts;
  const { name } = await store.knowledgeBase(request.knowledgeBaseId, call);
  const corpus = await readCorpus(store, { id: request.knowledgeBaseId, name }, call);
  const set =
    "lines" in request.questions
      ? toQuestionSet(request.setName, request.questions.lines, documentFinder(corpus))
      : generateQuestions(request.setName, sourcesOf(corpus), request.questions.generate, request.seed);
  const model = findModel(parts, request.model);
  const arms = (wanted: readonly RunArmId[], questions: QuestionSet["questions"]) =>
    knowledgeBaseArms(
      {
        ...{ knowledgeBaseId: request.knowledgeBaseId, corpus, questions, seed: request.seed },
        ...{ retriever: parts.retriever, lexical: parts.lexical, store, counter: parts.tokenCounter },
        outputTokensMax: request.outputTokensMax,
        naiveRag: createNaiveRagArm(corpus, parts.embedder, parts.tokenCounter),
        ...(model === undefined ? {} : { model }),
      },
      wanted,
    );
  return registerRun(parts, request, { set, corpus, model, arms });
}

/** The rest, the same for every source of documents. */
export function registerRun(
  parts: Pick<
    RunParts,
    "router" | "ledger" | "callIntents" | "clock" | "ids" | "tokenCounter" | "retriever" | "embedder"
  >,
  options: RunOptions,
  {
    set,
    corpus,
    model,
    arms: armsOf,
  }: {
    readonly set: QuestionSet;
    readonly corpus: Pick<Corpus, "name" | "tokens" | "sha256" | "documents">;
    readonly model: ModelEntry | undefined;
    arms(wanted: readonly RunArmId[], questions: QuestionSet["questions"]): readonly OfferedArm[];
  },
): PreparedRun {
  const metric = options.metric ?? (options.model === undefined ? "evidence_recall" : "contains");
  const questions = set.questions.filter((question) => isScorable(question, metric));
  const scorable = { ...set, questions };
  const wanted = options.arms ?? defaultArms(metric, model);
  const { budgets, primaryBudget = budgets.includes(4_096) ? 4_096 : (budgets.at(-1) ?? 0) } = options;
  const registration: RunRegistration = checkRegistration({
    form: "larder.savings-run/1",
    set: {
      name: set.name,
      sha256: questionSetSha256(scorable),
      questions: questions.length,
      clusters: new Set(questions.map(({ cluster }) => cluster)).size,
      isSynthetic: set.isSynthetic,
    },
    corpus: { name: corpus.name, documents: corpus.documents.length, tokens: corpus.tokens, sha256: corpus.sha256 },
    arms: [...wanted],
    budgets: [...budgets],
    ...{ primaryBudget, metric, margin: options.margin, runs: options.runs, seed: options.seed },
    ...(model === undefined ? {} : { model: `${model.provider}/${model.model}` }),
    ...(options.judge === undefined ? {} : { judge: nameOf(findModel(parts, options.judge)) }),
    judgedTwice: options.judgedTwice,
    outputTokensMax: options.outputTokensMax,
    parts: {
      retriever: parts.retriever.id,
      embedder: parts.embedder.id,
      tokenCounter: parts.tokenCounter.id,
      prompt: runPromptId,
      priceBook: parts.router.priceBook.id,
    },
  });
  const arms = armsOf(wanted, questions);
  const asking = isAsking(registration);
  const plan = planSpending(registration, questions, {
    ...{ arms, counter: parts.tokenCounter },
    ...(asking && registration.model !== undefined ? { asker: createRouterAsker(parts, registration.model) } : {}),
    ...(registration.judge !== undefined ? { judge: createRouterAsker(parts, registration.judge) } : {}),
  });
  const unscorable = set.questions.length - questions.length;
  return { id: runIdOf(registration), registration, set: scorable, arms, plan, unscorable };
}

/** @throws {@link LarderError} `MODEL_NOT_FOUND` */
export function findModel({ router }: Pick<RunParts, "router">, name: string | undefined): ModelEntry | undefined {
  if (name === undefined) return undefined;
  const found = router.priceBook
    .models()
    .filter(({ provider, model }) => name === model || name === `${provider}/${model}`);
  const configured = router.models().find(({ provider, model, isConfigured }) => {
    return isConfigured && found.some((entry) => entry.provider === provider && entry.model === model);
  });
  const entry = configured ?? found[0];
  if (entry === undefined) throw new LarderError("MODEL_NOT_FOUND", { details: { model: name } });
  return entry;
}

function nameOf(entry: ModelEntry | undefined): string {
  return entry === undefined ? "" : `${entry.provider}/${entry.model}`;
}

function isScorable({ gold, answers }: QuestionSet["questions"][number], metric: RunMetric): boolean {
  if (metric === "evidence_recall") return gold.length > 0 || answers.length > 0;
  return metric === "grounded" || metric === "judge" || answers.length > 0;
}

/** Evidence can be looked at for nothing, so all of it is; answers cost money, so only what decides is asked for. */
function defaultArms(metric: RunMetric, model: ModelEntry | undefined): readonly RunArmId[] {
  const stuffed = ["stuff_cached", "stuff_cold"] as const;
  if (metric !== "evidence_recall") return ["larder", "lexical_passages", ...stuffed, "closed_book"];
  const found = ["larder", "lexical_passages", "random_passages", "oracle_evidence", "top_document"] as const;
  return model === undefined ? found : [...found, ...stuffed, "stuff_truncated"];
}

function sourcesOf({ documents }: Corpus) {
  return documents.flatMap(({ id, title, passages }) =>
    passages.map(({ headings, start, text }) => ({ documentId: id, title, headings, start, text })),
  );
}
