import type {
  Answer,
  AnswerEvent,
  Attempt,
  Call,
  DocumentId,
  EmbedderId,
  Evidence,
  GeneratorRouter,
  Ids,
  KnowledgeBase,
  KnowledgeBaseId,
  Ledger,
  ModelEntry,
  PassageId,
  PriceBook,
  Question,
  Receipt,
  Retrieval,
  Route,
  RoutedEvent,
  RoutedRequest,
  Usage,
} from "@larder/contracts";
import { inputTokensOf, LarderError, nanoUsd, noTokens, outputTokensOf, toErrorRecord } from "@larder/contracts";
import { createSavingsCalculator } from "@larder/savings";
import { describe, expect, it } from "vitest";
import type { AnsweringPorts } from "./answer-question.ts";
import { createAnswerQuestion } from "./answer-question.ts";
import { abstentionSentence } from "./prompt.ts";

const signal = AbortSignal.timeout(60_000);
const knowledgeBase: KnowledgeBase = {
  id: "kb_1" as KnowledgeBaseId,
  name: "k",
  description: "",
  settings: {},
  counts: { documents: 1, passages: 9, tokens: 50_000 },
  createdAtMs: 0,
};

const text = "Honey never spoils. Oil goes rancid after 90 days.";
const honey: Evidence = {
  passageId: "psg_1" as PassageId,
  passageIds: ["psg_1" as PassageId],
  documentId: "doc_1" as DocumentId,
  version: 1,
  title: "Pantry",
  headings: [],
  start: 10,
  end: 10 + text.length,
  text,
  tokens: 20,
  score: 1,
  scores: { lexical: 1 },
};
const retrieval = (evidence: readonly Evidence[]): Retrieval => ({
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

const usage: Usage = { tokens: { ...noTokens, inputFresh: 300, outputText: 10 }, source: "provider" };
const attempt: Attempt = {
  provider: "p",
  model: "m",
  outcome: "answered",
  billed: "yes",
  cost: nanoUsd(34_000n),
  usage,
  startedAtMs: 0,
  totalMs: 5,
};
const chosen = { provider: "p", model: "m" };
const routeBefore: Route = { chosen, reason: "cheapest", candidates: [], attempts: [], priceBookId: "book" };
const routeAfter: Route = { ...routeBefore, attempts: [attempt] };
const says = (...deltas: readonly string[]): RoutedEvent[] => [
  { kind: "routed", route: routeBefore },
  ...deltas.map((delta) => ({ kind: "text" as const, text: delta })),
  { kind: "answered", route: routeAfter, finishReason: "stop", usage, cost: nanoUsd(34_000n) },
];

class Setting {
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
    if (last?.kind !== "finished") throw new Error(`ended with ${last?.kind}`);
    return last.answer;
  }
}

const question = (change: Partial<Question> = {}): Question => ({
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
const kinds = (events: readonly AnswerEvent[]) => events.map(({ kind }) => kind);
const shownText = (events: readonly AnswerEvent[]) =>
  events.map((event) => (event.kind === "text" ? event.text : "")).join("");

describe("an answer by a model", () => {
  it("streams text and citations, writes the receipt, then finishes", async () => {
    const setting = new Setting(says("Honey never ", "spoils [", "1] and gold neither [7]."));
    const events = await setting.ask();
    expect(kinds(events)).toEqual(["evidence", "route", "text", "text", "text", "citation", "text", "finished"]);
    const answer = events.at(-1);
    if (answer?.kind !== "finished") throw new Error();
    expect(answer.answer).toMatchObject({
      text: "Honey never spoils [1] and gold neither.",
      basis: "generated",
      citations: [{ marker: 1, start: 10, end: 29, quote: "Honey never spoils." }],
    });
    expect(shownText(events)).toBe(answer.answer.text);
    expect(setting.receipts).toEqual([answer.answer.receipt]);
  });

  it("is grounded only when each statement is cited", async () => {
    expect((await new Setting(says("Honey never spoils [1].")).answer()).isGrounded).toBe(true);
    expect((await new Setting(says("Honey never spoils [1]. Gold is heavy.")).answer()).isGrounded).toBe(false);
    expect((await new Setting(says("Oil goes rancid after 30 days [1].")).answer()).isGrounded).toBe(false);
  });

  it("keeps usage, money and signed savings in the receipt, and no words", async () => {
    const { receipt, headline } = await new Setting(says("Honey never spoils [1].")).answer();
    expect(receipt).toMatchObject({
      id: "rcp_0000000001",
      basis: "generated",
      isGrounded: true,
      usage,
      cost: 34_000n,
      costBasis: "billed",
      corpusTokens: 50_000,
      evidenceTokens: 20,
      headlineArm: "stuff_warm",
      hits: [{ passageId: "psg_1", score: 1 }],
    });
    expect(receipt?.counterfactuals.map(({ arm, model }) => [arm, model])).toEqual([
      ["stuff_cold", "p/m"],
      ["stuff_warm", "p/m"],
    ]);
    for (const { cost, saved } of receipt?.counterfactuals ?? []) expect((cost ?? 0n) - 34_000n).toBe(saved.cost);
    expect(headline?.arm).toBe("stuff_warm");
    const written = JSON.stringify(receipt, (_, value) => (typeof value === "bigint" ? String(value) : value));
    for (const word of ["Honey", "honey", "spoil", "rancid"]) expect(written).not.toContain(word);
  });

  it("compares in the model's own count of the prompt", async () => {
    const setting = new Setting(says("Honey never spoils [1]."));
    const { receipt } = await setting.answer();
    const ours = setting.requests[0]?.shape.inputTokens ?? 0;
    const cold = receipt?.counterfactuals[0];
    expect(cold?.tokens).toBeGreaterThan(50_000 * (300 / ours));
    expect(cold?.assumption).toContain((300 / ours).toFixed(3));
  });

  it("counts failed attempts before it in its cost", async () => {
    const failed: Attempt = { ...attempt, outcome: "failed_before_text", billed: "yes", cost: nanoUsd(6_000n) };
    const route = { ...routeBefore, attempts: [failed, attempt] };
    const { receipt } = await new Setting([
      { kind: "routed", route: routeBefore },
      { kind: "text", text: "Honey never spoils [1]." },
      { kind: "answered", route, finishReason: "stop", usage, cost: nanoUsd(40_000n) },
    ]).answer();
    expect(receipt?.cost).toBe(40_000n);
    expect(receipt?.usage?.tokens.inputFresh).toBe(600);
  });

  it("takes the agreed sentence for an abstention and compares it with nothing", async () => {
    const { basis, isGrounded, receipt } = await new Setting(says(abstentionSentence)).answer();
    expect(basis).toBe("abstained");
    expect(isGrounded).toBe(false);
    expect(receipt).toMatchObject({ cost: 34_000n, counterfactuals: [] });
  });

  it("leaves JSON as it is and cites from its strings", async () => {
    const json = '{"answer":"Honey never spoils [1].","rows":[1]}';
    const responseFormat = { name: "answer", schema: {} };
    const setting = new Setting(says(...json));
    const answer = await setting.answer({ responseFormat });
    expect(answer).toMatchObject({ text: json, isGrounded: true, citations: [{ quote: "Honey never spoils." }] });
    expect(setting.requests[0]?.shape.needs).toEqual(["json_schema"]);
    expect((await new Setting(says("{broken [1]")).answer({ responseFormat })).citations).toEqual([]);
  });
});

describe("an answer without a model", () => {
  const unanswered: RoutedEvent[] = [
    { kind: "routed", route: { ...routeBefore, reason: "nothing eligible" } },
    { kind: "unanswered", route: { reason: "nothing eligible", candidates: [], attempts: [], priceBookId: "book" } },
  ];

  it("quotes the evidence, and models what the prompt would have cost", async () => {
    const events = await new Setting(unanswered).ask({ policy: { isLocalOnly: true } });
    const last = events.at(-1);
    if (last?.kind !== "finished") throw new Error();
    expect(last.answer).toMatchObject({
      basis: "extractive",
      text: "Honey never spoils. [1]",
      isGrounded: true,
      citations: [{ marker: 1, start: 10, end: 29, quote: "Honey never spoils." }],
      receipt: { basis: "extractive", cost: 0n, costBasis: "modelled", headlineArm: "stuff_warm" },
    });
    expect(last.answer.receipt?.usage).toBeUndefined();
    expect(shownText(events)).toBe(last.answer.text);
    const { modelled, counterfactuals = [] } = last.answer.receipt ?? {};
    expect(counterfactuals[0]).toMatchObject({ model: "p/m", basis: "modelled" });
    expect(modelled?.model).toBe("p/m");
    for (const { cost, tokens, saved } of counterfactuals) {
      expect(saved.cost).toBe((cost ?? 0n) - (modelled?.cost ?? 0n));
      expect(saved.tokens).toBe(tokens - inputTokensOf(modelled?.tokens ?? noTokens));
    }
  });

  it("stands in for a model that said nothing, which is paid all the same", async () => {
    const { basis, text: said, receipt } = await new Setting(says("", " ")).answer();
    expect(basis).toBe("extractive");
    expect(said).toBe("Honey never spoils. [1]");
    expect(receipt?.cost).toBe(34_000n);
  });

  it("is no answer where a form was asked for", async () => {
    const responseFormat = { name: "answer", schema: {} };
    const setting = new Setting(unanswered);
    const failed = (await setting.ask({ responseFormat })).at(-1);
    expect(failed).toMatchObject({ kind: "failed", error: { code: "POLICY_UNSATISFIABLE" } });
    expect(setting.receipts[0]).toMatchObject({ errorCode: "POLICY_UNSATISFIABLE", counterfactuals: [] });
    const error = toErrorRecord(new LarderError("PROVIDER_OVERLOADED"));
    const tried = { ...routeBefore, attempts: [{ ...attempt, outcome: "failed_before_text" as const, error }] };
    const events = await new Setting([{ kind: "unanswered", route: tried }]).ask({ responseFormat });
    expect(events.at(-1)).toMatchObject({ kind: "failed", error: { code: "PROVIDER_OVERLOADED" } });
  });

  it("abstains without evidence, sends nothing and writes a receipt", async () => {
    const setting = new Setting(says("never"), []);
    const events = await setting.ask();
    expect(kinds(events)).toEqual(["evidence", "route", "text", "finished"]);
    expect(events.at(-1)).toMatchObject({ answer: { basis: "abstained", text: abstentionSentence, citations: [] } });
    expect(setting.requests).toEqual([]);
    expect(setting.receipts).toMatchObject([{ basis: "abstained", cost: 0n, counterfactuals: [], hits: [] }]);
  });

  it.each([
    { what: "below the least", confidence: 0.049, settings: {}, basis: "abstained" },
    { what: "at the least", confidence: 0.05, settings: {}, basis: "generated" },
    { what: "below what the settings ask for", confidence: 0.4, settings: { confidenceMin: 0.5 }, basis: "abstained" },
    { what: "0 when any will do", confidence: 0, settings: { confidenceMin: 0 }, basis: "generated" },
  ])("answers with a confidence of $confidence, $what: $basis", async ({ confidence, settings, basis }) => {
    const retriever = { id: "retriever", retrieve: async () => ({ ...retrieval([honey]), confidence }) };
    const setting = new Setting(says("Honey never spoils [1]."), [honey], { retriever, settings });
    const dry = await setting.answer({ isDryRun: true });
    const answer = await setting.answer();
    expect([dry.basis, answer.basis]).toEqual([basis, basis]);
    expect(setting.requests).toHaveLength(basis === "abstained" ? 0 : 1);
    if (basis !== "abstained") return;
    expect(answer).toMatchObject({ text: abstentionSentence, citations: [], isGrounded: false });
    expect(answer.route.reason).toMatch(/^Nothing was sent: the confidence .* is 0\.\d+, below 0\.\d+\.$/);
    expect(setting.receipts).toMatchObject([
      { basis: "abstained", cost: 0n, counterfactuals: [], costBasis: "modelled" },
    ]);
  });

  it("stops after the route on a dry run: nothing sent, no receipt", async () => {
    const setting = new Setting(says("never"));
    const events = await setting.ask({ isDryRun: true });
    expect(kinds(events)).toEqual(["evidence", "route", "finished"]);
    expect(events.at(-1)).toMatchObject({ answer: { text: "", basis: "generated", route: { chosen } } });
    expect(setting.receipts).toEqual([]);
    expect(setting.requests).toEqual([]);
    expect((await new Setting([]).answer({ isDryRun: true })).basis).toBe("extractive");
    expect((await new Setting([], []).answer({ isDryRun: true })).basis).toBe("abstained");
  });
});

describe("a failure", () => {
  it("after text is an event with a receipt that knows the attempt", async () => {
    const broken: Attempt = { ...attempt, outcome: "failed_after_text", billed: "unknown" };
    const { cost: _, usage: __, ...unpriced } = broken;
    const setting = new Setting([
      { kind: "routed", route: routeBefore },
      { kind: "text", text: "Honey nev" },
      {
        kind: "broken",
        route: { ...routeBefore, attempts: [unpriced] },
        error: toErrorRecord(new LarderError("PROVIDER_STREAM_BROKEN")),
      },
    ]);
    const events = await setting.ask();
    expect(events.at(-1)).toMatchObject({
      kind: "failed",
      error: { code: "PROVIDER_STREAM_BROKEN" },
      receipt: { errorCode: "PROVIDER_STREAM_BROKEN", costBasis: "unpriced", counterfactuals: [] },
    });
    expect(setting.receipts).toHaveLength(1);
    expect(setting.receipts[0]?.route.attempts).toHaveLength(1);
    expect(setting.receipts[0]?.cost).toBeUndefined();
  });

  it("before the first event rejects", async () => {
    const retriever = { id: "r", retrieve: () => Promise.reject(new LarderError("KNOWLEDGE_BASE_NOT_FOUND")) };
    const setting = new Setting([], [honey], { retriever });
    await expect(setting.ask()).rejects.toMatchObject({ code: "KNOWLEDGE_BASE_NOT_FOUND" });
    expect(setting.receipts).toEqual([]);
  });

  it("of the ledger keeps the answer from being called finished", async () => {
    const ledger = { record: () => Promise.reject(new LarderError("STORE_FULL")) } satisfies Pick<Ledger, "record">;
    const events = await new Setting(says("Honey never spoils [1]."), [honey], { ledger }).ask();
    expect(events.at(-1)).toMatchObject({ kind: "failed", error: { code: "STORE_FULL" } });
  });

  it.each([
    ["the reader left", new Error("left"), "REQUEST_ABORTED"],
    ["a deadline", new LarderError("PROVIDER_TIMED_OUT"), "PROVIDER_TIMED_OUT"],
  ])("by abort, %s, is written down with the call that may be billed", async (_, reason, code) => {
    const controller = new AbortController();
    const setting = new Setting(async function* (call: Call): AsyncGenerator<RoutedEvent> {
      yield { kind: "routed", route: routeBefore };
      yield { kind: "text", text: "Honey" };
      controller.abort(reason);
      throw call.signal.reason;
    });
    const events = await setting.ask({}, { signal: controller.signal });
    expect(events.at(-1)).toMatchObject({ kind: "failed", error: { code } });
    expect(setting.receipts).toMatchObject([
      { errorCode: code, costBasis: "unpriced", route: { attempts: [{ outcome: "aborted", billed: "unknown" }] } },
    ]);
  });

  it("is also written down when the loop is left in the middle", async () => {
    const setting = new Setting(says("Honey ", "never ", "spoils [1]."));
    for await (const event of createAnswerQuestion(setting.ports)(question(), { signal })) {
      if (event.kind === "text") break;
    }
    expect(setting.receipts).toMatchObject([
      { errorCode: "REQUEST_ABORTED", route: { attempts: [{ billed: "unknown" }] } },
    ]);
  });

  it("that is a defect is told as one, without its message", async () => {
    const setting = new Setting(async function* (): AsyncGenerator<RoutedEvent> {
      yield { kind: "routed", route: routeBefore };
      throw new TypeError("a secret");
    });
    const last = (await setting.ask()).at(-1);
    expect(last).toMatchObject({ kind: "failed", error: { code: "UNEXPECTED" } });
    expect(JSON.stringify(last, (_, value) => (typeof value === "bigint" ? "" : value))).not.toContain("secret");
  });
});
