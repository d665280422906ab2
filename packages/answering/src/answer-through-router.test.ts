import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnswerEvent, KnowledgeBaseId, Question } from "@larder/contracts";
import { connectProvider, createGeneratorRouter, createPriceBook, parseProvidersFile } from "@larder/generator-router";
import { createSavingsCalculator, summariseSavings } from "@larder/savings";
import type { SqliteStore } from "@larder/store";
import { openSqliteStore } from "@larder/store";
import type { FakeAnswer, FakeProvider } from "@larder/testkit";
import {
  realClock as clock,
  createCountingIds,
  evidenceOf,
  fixedRetriever,
  startFakeProvider,
  unavailableEmbedder,
} from "@larder/testkit";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAnswerQuestion } from "./answer-question.ts";

const call = { signal: AbortSignal.timeout(60_000) };
const tokenCounter = createO200kTokenCounter();
const ids = createCountingIds();

const text = "Honey never spoils. Oil goes rancid after 90 days.";
const evidence = evidenceOf(text, { title: "Pantry", tokens: 25 });

let folder: string;
let store: SqliteStore;
let provider: FakeProvider;
let reply: FakeAnswer;
let knowledgeBaseId: KnowledgeBaseId;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-answering-"));
  store = await openSqliteStore({ file: join(folder, "larder.sqlite"), clock, ids });
  knowledgeBaseId = (await store.documents.createKnowledgeBase({ name: "k", description: "", settings: {} }, call)).id;
  provider = await startFakeProvider({ models: [{ id: "m" }], answer: () => reply });
});

afterAll(async () => {
  await provider.close();
  await store.close();
  await rm(folder, { recursive: true });
});

function ports() {
  const model = {
    id: "m",
    context_tokens: 128_000,
    max_output_tokens: 4_000,
    price_usd_per_mtok: { input: "1", output: "4" },
  };
  const file = { providers: [{ id: "acme", base_url: provider.url, models: [model] }] };
  const setups = parseProvidersFile(JSON.stringify(file), { environment: {}, changedOn: "2026-11-24" });
  const router = createGeneratorRouter({
    priceBook: createPriceBook(setups.flatMap((setup) => setup.models)),
    providers: setups.map((setup) => connectProvider(setup, clock)),
    tokenCounter,
    clock,
  });
  return {
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
  };
}

async function ask(change: Partial<Question> = {}): Promise<readonly AnswerEvent[]> {
  const events: AnswerEvent[] = [];
  const question: Question = {
    knowledgeBaseId,
    text: "Does honey spoil?",
    tokenBudget: 1_000,
    outputTokensMax: 200,
    policy: {},
    isDryRun: false,
    ...change,
  };
  for await (const event of createAnswerQuestion(ports())(question, call)) events.push(event);
  return events;
}

describe("answering through the router, against a provider over HTTP", () => {
  it("gives a cited answer whose receipt the ledger holds", async () => {
    reply = { deltas: ["Honey never", " spoils [", "1][9]."] };
    const last = (await ask()).at(-1);
    expect(last).toMatchObject({
      kind: "finished",
      answer: {
        text: "Honey never spoils [1].",
        basis: "generated",
        isGrounded: true,
        citations: [{ quote: "Honey never spoils.", start: 0, end: 19 }],
        route: { chosen: { provider: "acme", model: "m" } },
      },
    });
    if (last?.kind !== "finished" || last.answer.receipt === undefined) throw new Error("no receipt");
    const { chain, ...kept } = await store.ledger.receipt(last.answer.receipt.id, call);
    expect(kept).toEqual(last.answer.receipt);
    expect(chain?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(last.answer.receipt.costBasis).toBe("billed");
  });

  it("sends the question last, the documents as data, and nothing but the evidence", async () => {
    reply = { deltas: ["Honey never spoils [1]."] };
    await ask();
    const sent = provider.records.at(-1)?.request.messages;
    expect(sent?.map(({ role }) => role)).toEqual(["system", "user"]);
    expect(sent?.[1]?.content).toBe(`<evidence>\n[1] Pantry\n${text}\n</evidence>\n\nQuestion: Does honey spoil?`);
  });

  it("ends a stream that breaks after text with a typed error and a receipt", async () => {
    reply = { deltas: ["Honey ", "never ", "spoils [1]."], fault: { kind: "reset", afterDeltas: 2 } };
    const last = (await ask()).at(-1);
    expect(last).toMatchObject({
      kind: "failed",
      error: { code: "PROVIDER_STREAM_BROKEN" },
      receipt: { errorCode: "PROVIDER_STREAM_BROKEN", route: { attempts: [{ outcome: "failed_after_text" }] } },
    });
  });

  it("quotes the evidence when each model fails before text, and when policy allows none", async () => {
    reply = { deltas: [], fault: { kind: "status", status: 500 } };
    const failed = (await ask()).at(-1);
    expect(failed).toMatchObject({
      kind: "finished",
      answer: { basis: "extractive", text: "Honey never spoils. [1]" },
    });
    const before = provider.arrivals;
    const refused = (await ask({ policy: { isLocalOnly: true } })).at(-1);
    expect(refused).toMatchObject({
      answer: { basis: "extractive", route: { candidates: [{ refusals: [{ code: "not_local" }] }] } },
    });
    expect(provider.arrivals).toBe(before);
  });

  it("adds up to a summary of savings", async () => {
    const window = { fromMs: 0, toMs: Date.now() + 1_000 };
    const summary = await summariseSavings(window, store.ledger.receiptsWithin(window, call));
    expect(summary.answers).toBeGreaterThanOrEqual(4);
    expect(summary.arms[0]?.generated.tokens.saved).toBeLessThan(0); // an empty knowledge base costs nothing to stuff
  });
});
