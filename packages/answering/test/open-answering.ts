import type { AnswerQuestion, KnowledgeBaseId, Question } from "@larder/contracts";
import type { RouterLimits } from "@larder/generator-router";
import { connectProvider, createGeneratorRouter, createPriceBook, parseProvidersFile } from "@larder/generator-router";
import { createSavingsCalculator } from "@larder/savings";
import type { BudgetOptions, SqliteStore } from "@larder/store";
import { openSqliteStore } from "@larder/store";
import {
  realClock as clock,
  createCountingIds,
  evidenceOf,
  fixedRetriever,
  unavailableEmbedder,
} from "@larder/testkit/fixtures";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { createAnswerQuestion } from "../src/answer-question.ts";

const evidence = evidenceOf("Honey never spoils. Oil goes rancid after 90 days.", { title: "Pantry", tokens: 25 });

export interface PricedModel {
  readonly id: string;
  readonly input: string;
  readonly output: string;
  readonly capabilities?: readonly string[];
}

export interface AnsweringOptions {
  /** The database that several processes may have open. */
  readonly file: string;
  readonly providerUrl: string;
  readonly models: readonly PricedModel[];
  /** A second provider, of one model that costs nothing. */
  readonly localUrl?: string;
  /** Tells the ids of two processes apart. */
  readonly name: string;
  readonly limits?: Partial<RouterLimits>;
  readonly budgets?: BudgetOptions;
}

export interface OpenAnswering extends AsyncDisposable {
  readonly store: SqliteStore;
  readonly answerQuestion: AnswerQuestion;
}

/** The way from question to receipt over a real database and a provider at `providerUrl`; only the search is fixed. */
export async function openAnswering(options: AnsweringOptions): Promise<OpenAnswering> {
  const ids = createCountingIds(options.name);
  const { file, budgets = {} } = options;
  const store = await openSqliteStore({ file, clock, ids, budgets, busyTimeoutMs: 60_000 });
  const tokenCounter = createO200kTokenCounter();
  const models = options.models.map(modelOf);
  const local = {
    id: "here",
    base_url: options.localUrl,
    local: true,
    models: [modelOf({ id: "m-local", input: "0", output: "0" })],
  };
  const acme = { id: "acme", base_url: options.providerUrl, models };
  const providersFile = JSON.stringify({ providers: options.localUrl === undefined ? [acme] : [acme, local] });
  const setups = parseProvidersFile(providersFile, { environment: {}, changedOn: "2026-11-24" });
  const router = createGeneratorRouter({
    priceBook: createPriceBook(setups.flatMap((setup) => setup.models)),
    providers: setups.map((setup) => connectProvider(setup, clock)),
    tokenCounter,
    clock,
    budgets: store.budgets,
    ...(options.limits && { limits: options.limits }),
  });
  const answerQuestion = createAnswerQuestion({
    router,
    retriever: fixedRetriever(evidence),
    ledger: store.ledger,
    savings: createSavingsCalculator(),
    knowledgeBases: store.documents,
    passages: store.documents,
    indexRoots: store.indexRoots,
    embedder: unavailableEmbedder,
    tokenCounter,
    clock,
    ids,
  });
  return {
    store,
    answerQuestion,
    async [Symbol.asyncDispose]() {
      await router[Symbol.asyncDispose]();
      await store.close();
    },
  };
}

function modelOf({ id, input, output, capabilities = [] }: PricedModel) {
  const price_usd_per_mtok = { input, output };
  return { id, context_tokens: 128_000, max_output_tokens: 4_000, price_usd_per_mtok, capabilities };
}

export function questionOf(knowledgeBaseId: KnowledgeBaseId, change: Partial<Question> = {}): Question {
  return {
    knowledgeBaseId,
    text: "Does honey spoil?",
    tokenBudget: 1_000,
    outputTokensMax: 200,
    policy: {},
    isDryRun: false,
    ...change,
  };
}
