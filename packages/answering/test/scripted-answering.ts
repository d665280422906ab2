import type {
  Answer,
  AnswerEvent,
  Attempt,
  Call,
  EmbedderId,
  Evidence,
  GeneratorRouter,
  Ids,
  KnowledgeBase,
  KnowledgeBaseId,
  Ledger,
  ModelEntry,
  PriceBook,
  Question,
  Receipt,
  Retrieval,
  Route,
  RoutedEvent,
  RoutedRequest,
  Usage,
} from "@larder/contracts";
import { inputTokensOf, LarderError, nanoUsd, noTokens, outputTokensOf } from "@larder/contracts";
import { createSavingsCalculator } from "@larder/savings";
import { evidenceOf } from "@larder/testkit";
import { createAnswerQuestion } from "../src/answer-question.ts";
import type { AnsweringPorts } from "../src/answering-ports.ts";

/** No time limit: test files of one worker share this module. */
export const signal: AbortSignal = new AbortController().signal;
const knowledgeBase: KnowledgeBase = {
  id: "kb_1" as KnowledgeBaseId,
  name: "k",
  description: "",
  settings: {},
  generation: 1,
  counts: { documents: 1, passages: 9, tokens: 50_000 },
  createdAtMs: 0,
};

const text = "Honey never spoils. Oil goes rancid after 90 days.";
export const honey = evidenceOf(text, { title: "Pantry", start: 10, tokens: 20, scores: { lexical: 1 } });
export const retrieval = (evidence: readonly Evidence[]): Retrieval => ({
  evidence,
  tokens: evidence.reduce((sum, { tokens }) => sum + tokens, 0),
  confidence: 1,
  degraded: [],
  timingsMs: { embed: 0, dense: 0, lexical: 0, lateInteraction: 0, link: 0, rerank: 0, pack: 0, total: 1 },
});

const entry: ModelEntry = {
  provider: "p",
  model: "m",
  isLocal: false,
  regions: [],
  contextTokens: 128_000,
  outputTokensMax: null,
  rates: null,
  tiers: [],
  cache: null,
  capabilities: [],
  quality: null,
  sources: [],
};
/** One model: 100 nano-dollars for a token in, 10 when cached, 400 out. */
const priceBook: PriceBook = {
  id: "book",
  asOf: "2026-11-24",
  models: () => [entry],
  find: (provider, model) => (provider === "p" && model === "m" ? entry : undefined),
  findings: () => [],
  price(provider, model, tokens) {
    if (provider !== "p" || model !== "m") return { kind: "unpriced", bucket: "inputFresh" };
    const fresh = inputTokensOf(tokens) - tokens.inputCacheRead;
    return {
      kind: "priced",
      cost: nanoUsd(BigInt(100 * fresh + 10 * tokens.inputCacheRead + 400 * outputTokensOf(tokens))),
    };
  },
};

export const usage: Usage = { tokens: { ...noTokens, inputFresh: 300, outputText: 10 }, source: "provider" };
export const attempt: Attempt = {
  provider: "p",
  model: "m",
  outcome: "answered",
  billed: "yes",
  cost: nanoUsd(34_000n),
  usage,
  startedAtMs: 0,
  totalMs: 5,
};
export const chosen = { provider: "p", model: "m" };
export const routeBefore: Route = { chosen, reason: "cheapest", candidates: [], attempts: [], priceBookId: "book" };
const routeAfter: Route = { ...routeBefore, attempts: [attempt] };
export const says = (...deltas: readonly string[]): RoutedEvent[] => [
  { kind: "routed", route: routeBefore },
  ...deltas.map((delta) => ({ kind: "text" as const, text: delta })),
  { kind: "answered", route: routeAfter, finishReason: "stop", usage, cost: nanoUsd(34_000n) },
];

/** Answering by a router that plays a script; keeps what it was asked and the receipts that it wrote. */
export class ScriptedAnswering {
  readonly receipts: Receipt[] = [];
  readonly requests: RoutedRequest[] = [];
  readonly ports: AnsweringPorts;

  constructor(
    script: readonly RoutedEvent[] | ((call: Call) => AsyncIterable<RoutedEvent>),
    evidence: readonly Evidence[] = [honey],
    change: Partial<AnsweringPorts> = {},
  ) {
    const router: GeneratorRouter = {
      priceBook,
      models: () => [],
      quoteWithin: async () => router.quote({} as never, {}),
      quote: () => ({
        priceBookId: "book",
        candidates: [{ ...chosen, isEligible: script.length > 0, reasons: [], refusals: [] }],
      }),
      generate: (request, call) => {
        this.requests.push(request);
        return typeof script === "function" ? script(call) : each(script);
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
    const ledger: Pick<Ledger, "record"> = {
      record: async (receipt) => {
        this.receipts.push(receipt);
      },
    };
    this.ports = {
      retriever: { id: "retriever", retrieve: async () => retrieval(evidence) },
      router,
      ledger,
      savings: createSavingsCalculator(),
      knowledgeBases: { knowledgeBase: async () => knowledgeBase },
      passages: { passagesById: async () => new Map() },
      indexRoots: { indexRoot: async () => "0".repeat(64), prove: async () => undefined },
      embedder: {
        id: "e" as EmbedderId,
        dimensions: 2,
        embed: () => Promise.reject(new LarderError("EMBEDDER_UNAVAILABLE")),
      },
      tokenCounter: { id: "o200k", count: (given) => Math.ceil(given.length / 4) },
      clock: { nowMs: () => 1_000, monotonicMs: () => 1 },
      ids: { next: () => "rcp_0000000001" as ReturnType<Ids["next"]> as never },
      ...change,
    };
  }

  async ask(change: Partial<Question> = {}, call: Call = { signal }): Promise<AnswerEvent[]> {
    const events: AnswerEvent[] = [];
    for await (const event of createAnswerQuestion(this.ports)(question(change), call)) events.push(event);
    return events;
  }

  async answer(change: Partial<Question> = {}): Promise<Answer> {
    const last = (await this.ask(change)).at(-1);
    if (last?.kind !== "finished") throw new Error(`ended with ${JSON.stringify(last)}`);
    return last.answer;
  }
}

export const question = (change: Partial<Question> = {}): Question => ({
  knowledgeBaseId: knowledgeBase.id,
  text: "Does honey spoil?",
  tokenBudget: 1_000,
  outputTokensMax: 500,
  policy: {},
  isDryRun: false,
  ...change,
});

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
export const kinds = (events: readonly AnswerEvent[]) => events.map(({ kind }) => kind);
export const shownText = (events: readonly AnswerEvent[]) =>
  events.map((event) => (event.kind === "text" ? event.text : "")).join("");
