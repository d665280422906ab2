import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  Answer,
  Embedder,
  EmbedderId,
  KnowledgeBaseId,
  PastQuestions,
  Policy,
  Retrieval,
} from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { openOnnxEmbedder } from "@larder/embedder";
import {
  connectProvider,
  createGeneratorRouter,
  createPriceBook,
  createRoutingMemory,
  parseProvidersFile,
  replayDecision,
} from "@larder/generator-router";
import { createSavingsCalculator } from "@larder/savings";
import { openSqliteStore } from "@larder/store";
import { realClock as clock, createCountingIds, evidenceOf, startFakeProvider } from "@larder/testkit";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createAnswerQuestion } from "../src/answer-question.ts";

const call = { signal: AbortSignal.timeout(60_000) };
const text = "Honey never spoils. Oil goes rancid after 90 days.";
/** Right about honey; small is wrong about oil. */
const answerOf = (model: string, question: string) =>
  /\boil\b/i.test(question)
    ? model === "small"
      ? "Oil goes rancid after 30 days [1]."
      : "Oil goes rancid after 90 days [1]."
    : "Honey never spoils [1].";

let embedder: Embedder;
beforeAll(async () => {
  embedder = await openOnnxEmbedder();
});
afterAll(() => embedder[Symbol.asyncDispose]());

/** Real SQLite, embedder, router and HTTP; evidence is fixed, with the vector that a search would have made. */
async function openPantry(more: { readonly pastQuestions?: PastQuestions; readonly searchedBy?: EmbedderId } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "larder-near-"));
  const ids = createCountingIds();
  const store = await openSqliteStore({ file: join(folder, "larder.sqlite"), clock, ids });
  const provider = await startFakeProvider({
    models: [{ id: "small" }, { id: "large" }],
    answer: ({ model, messages }) => {
      const asked = String(messages?.at(-1)?.content).split("Question: ").at(-1) ?? "";
      return { deltas: [answerOf(model, asked)] };
    },
  });
  onTestFinished(async () => {
    await provider.close();
    await store.close();
    await rm(folder, { recursive: true });
  });
  const model = (id: string, input: string, quality: number) => ({
    ...{ id, context_tokens: 100_000, max_output_tokens: 4_000, quality },
    price_usd_per_mtok: { input, output: "1" },
  });
  const file = {
    providers: [{ id: "acme", base_url: provider.url, models: [model("small", "1", 0.5), model("large", "9", 0.8)] }],
  };
  const setups = parseProvidersFile(JSON.stringify(file), { environment: {}, changedOn: "2026-11-24" });
  const priceBook = createPriceBook(setups.flatMap(({ models }) => models));
  const tokenCounter = createO200kTokenCounter();
  const memory = createRoutingMemory();
  const router = createGeneratorRouter({
    ...{ priceBook, tokenCounter, clock, memory },
    providers: setups.map((setup) => connectProvider(setup, clock)),
  });
  const { id } = await store.documents.createKnowledgeBase({ name: "k", description: "", settings: {} }, call);
  const evidence = [evidenceOf(text, { title: "Pantry", tokens: 25 })];
  const timingsMs = { embed: 0, dense: 0, lexical: 0, lateInteraction: 0, link: 0, rerank: 0, pack: 0, total: 0 };
  const embedded: string[] = [];
  const answerQuestion = createAnswerQuestion({
    ...{ router, clock, ids, tokenCounter, memory },
    ...{
      ledger: store.ledger,
      knowledgeBases: store.documents,
      passages: store.documents,
      indexRoots: store.indexRoots,
    },
    retriever: {
      id: "fixed",
      async retrieve(query): Promise<Retrieval> {
        const queryVector = await embedder.embed([query.text], "query", call);
        const searched = { evidence, tokens: 25, confidence: 1, degraded: [], timingsMs, queryVector };
        return more.searchedBy === undefined ? searched : { ...searched, embedderId: more.searchedBy };
      },
    },
    embedder: {
      ...{ id: embedder.id, dimensions: embedder.dimensions },
      embed(texts, role, within) {
        embedded.push(...texts);
        return embedder.embed(texts, role, within);
      },
    },
    savings: createSavingsCalculator(),
    pastQuestions: more.pastQuestions ?? store.pastQuestions,
  });
  const ask = async (question: string, policy: Policy = {}, isDryRun = false, of: KnowledgeBaseId = id) => {
    const asked = { knowledgeBaseId: of, text: question, tokenBudget: 1_000, outputTokensMax: 200, policy, isDryRun };
    let answer: Answer | undefined;
    for await (const event of answerQuestion(asked, call)) if (event.kind === "finished") answer = event.answer;
    return answer ?? expect.unreachable();
  };
  return { ask, store, priceBook, embedded };
}

const policy: Policy = { qualityMin: 0.4 };

it("skips a model that failed at questions like this one once that foretells outcomes, and asks it an unrelated one", async () => {
  const { ask, store, priceBook, embedded } = await openPantry();
  const oil = [
    "After how many days does oil go rancid?",
    "How many days until oil goes rancid?",
    "When does oil go rancid?",
    "How long does it take for oil to go rancid?",
  ];
  const honey = ["Is it true that honey never spoils?", "Does honey never spoil?", "Honey never spoils, does it?"];
  const teach = async (question: string, isGood: boolean) => {
    const { route, verification } = await ask(question, { models: ["small"] });
    expect([question, route.chosen?.model, verification?.isSupported]).toEqual([question, "small", isGood]);
    return route;
  };
  for (const question of oil) await teach(question, false);
  const untrusted = await ask("In how many days will oil go rancid?", policy, true);
  expect(untrusted.route.candidates.find(({ isEligible }) => isEligible)?.model).toBe("small");
  expect(untrusted.route.reason).toContain("That does not count");
  for (let round = 0; round < 3; round += 1) {
    for (const question of honey) await teach(question, true);
    for (const question of oil) await teach(question, false);
  }
  const similar = await ask("In how many days will oil go rancid?", policy);
  expect(similar.route.chosen?.model).toBe("large");
  expect(similar.route.reason).toContain("earlier requests are like this one");
  const unrelated = await ask("Is it true that honey never spoils?", policy);
  expect(unrelated.route.chosen?.model).toBe("small");
  const [known] = unrelated.route.inputs?.shape.near?.outcomes ?? [];
  expect(known).toMatchObject({ model: "small", bad: 0 });
  expect((await ask("When will oil be rancid?", policy, true)).route.reason).toContain("acme/small 0.0 good");
  expect(embedded.filter((each) => each.endsWith("?"))).toEqual([]); // a question is embedded once, by the search

  const receipt = await store.ledger.receipt(similar.receipt?.id ?? expect.unreachable(), call);
  const inputs = receipt.route.inputs ?? expect.unreachable();
  expect(inputs.shape.near?.outcomes[0]).toMatchObject({ model: "small", good: 0 });
  expect(inputs.shape.near?.trust).toBeGreaterThan(0.5);
  expect(replayDecision(inputs, priceBook).cheapest?.model).toBe("large");
  const { near, ...shape } = inputs.shape;
  expect(replayDecision({ ...inputs, shape }, priceBook).cheapest?.model).toBe("small");
  const doubted = { ...inputs, shape: { ...shape, near: { ...(near ?? expect.unreachable()), trust: 0 } } };
  expect(replayDecision(doubted, priceBook).cheapest?.model).toBe("small");
});

it("answers without the signal when the look-up fails", async () => {
  const broken = () => Promise.reject(new LarderError("STORE_DAMAGED"));
  const { ask } = await openPantry({
    pastQuestions: { ...{ nearest: broken, outcomes: broken, note: broken, judge: broken, clear: broken } },
  });
  expect((await ask("Does honey spoil?")).route.chosen?.model).toBe("small");
});

it("keeps a question under the embedder that its search was made with, which may be a former one", async () => {
  const searchedBy = "former@1/256" as EmbedderId;
  const { ask, store } = await openPantry({ searchedBy });
  const { receipt } = await ask("Does honey spoil?");
  const { id, knowledgeBaseId, embedderId } = await store.ledger.receipt(receipt?.id ?? expect.unreachable(), call);
  expect([id, embedderId]).toEqual([receipt?.id, searchedBy]);
  const vector = new Float32Array(embedder.dimensions);
  const kept = (of: EmbedderId) => store.pastQuestions.outcomes({ knowledgeBaseId, embedderId: of, vector }, call);
  await expect.poll(async () => (await kept(searchedBy)).length).toBe(1);
  expect(await kept(embedder.id)).toEqual([]);
});
