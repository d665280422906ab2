import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnswerEvent, BudgetScope, CallerKeyId, KnowledgeBaseId, Question } from "@larder/contracts";
import { LarderError, nanoUsd, parseUsd } from "@larder/contracts";
import type { FakeAnswer, FakeProvider } from "@larder/testkit";
import { nanoUsdCeiling, startFakeProvider } from "@larder/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AnsweringOptions, OpenAnswering } from "../test/open-answering.ts";
import { openAnswering, questionOf } from "../test/open-answering.ts";

const signal = AbortSignal.timeout(60_000);
const usd = (text: string) => parseUsd(text) ?? nanoUsd(-1n);
/** One question costs at most about $0.0021 at the small one, $0.0042 at the large one. */
const models = [
  { id: "m-small", input: "1", output: "10" },
  { id: "m-large", input: "2", output: "20" },
];
const key = `key_${"ab".repeat(16)}` as CallerKeyId;

let folder: string;
let provider: FakeProvider;
let opened: OpenAnswering;
let kb: KnowledgeBaseId;
let answer: (model: string) => FakeAnswer;

async function open(more: Partial<AnsweringOptions> = {}): Promise<void> {
  const file = join(folder, "larder.sqlite");
  opened = await openAnswering({
    file,
    providerUrl: provider.url,
    models,
    name: "a",
    limits: { budgetWaitMs: 0 },
    ...more,
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-budgets-"));
  answer = () => ({ deltas: ["Honey never ", "spoils [1]."], usage: { promptTokens: 100, completionTokens: 50 } });
  provider = await startFakeProvider({
    models: [...models.map(({ id, ...prices }) => ({ id, prices })), { id: "m-local" }],
    answer: ({ model }) => answer(model),
  });
  await open();
  const draft = { name: "k", description: "", settings: {} };
  kb = (await opened.store.documents.createKnowledgeBase(draft, { signal })).id;
});
afterEach(async () => {
  await opened[Symbol.asyncDispose]();
  await provider.close();
  await rm(folder, { recursive: true });
});

const put = (limit: string, scope: BudgetScope = "total") =>
  opened.store.budgets.putBudget({ scope, window: "day", limit: usd(limit) }, { signal });
const stateOf = async (index = 0) => {
  const state = (await opened.store.budgets.budgets({ signal }))[index];
  return { spent: state?.spent, held: state?.held, reserved: state?.reserved };
};

async function ask(change: Partial<Question> = {}, until?: AnswerEvent["kind"], call = { signal }) {
  let last: AnswerEvent | undefined;
  for await (const event of opened.answerQuestion(questionOf(kb, change), call)) {
    last = event;
    if (event.kind === until) break;
  }
  return last;
}
const receipts = async () => (await opened.store.ledger.receipts({ limit: 50 }, { signal })).data;
const billOf = (index: number) => nanoUsdCeiling(provider.records[index]?.bill ?? -1n);

describe("a question under budgets", () => {
  it("reserves what it could cost, settles what was billed, and says so in the receipt", async () => {
    await put("1", kb);
    await put("1", key);
    await put("1");
    expect(await ask({ callerKey: key })).toMatchObject({ kind: "finished", answer: { basis: "generated" } });
    for (const index of [0, 1, 2]) expect(await stateOf(index)).toEqual({ spent: billOf(0), held: 0n, reserved: 0n });
    const attempt = (await receipts())[0]?.route.attempts[0];
    expect(attempt).toMatchObject({ billed: "yes", cost: billOf(0), reservation: { ending: "settled" } });
    expect(attempt?.reservation?.amount).toBeGreaterThan(usd("0.0020"));
    expect(attempt?.reservation?.amount).toBeLessThan(usd("0.0022"));
    await ask();
    expect(await stateOf(1)).toMatchObject({ spent: billOf(0) }); // another key's spending is not this one's
    expect(await stateOf(2)).toMatchObject({ spent: billOf(0) + billOf(1) });
  });

  it("writes down no reservation where nothing bounds it", async () => {
    await put("1", key);
    await ask();
    expect((await receipts())[0]?.route.attempts[0]).not.toHaveProperty("reservation");
  });

  it("is shown by a dry run what its budgets have no room for", async () => {
    await put("0.003", kb);
    const last = await ask({ isDryRun: true });
    const route = last?.kind === "finished" ? last.answer.route : undefined;
    expect(route?.chosen).toEqual({ provider: "acme", model: "m-small" });
    expect(route?.candidates.map(({ model, refusals }) => [model, refusals[0]?.code])).toEqual([
      ["m-small", undefined],
      ["m-large", "budget_exhausted"],
    ]);
    expect([provider.requestCount, await stateOf()]).toEqual([0, { spent: 0n, held: 0n, reserved: 0n }]);
  });

  it("is quoted from the evidence when too little is left, with the reason, and nothing is sent", async () => {
    await put("0.001");
    expect(await ask()).toMatchObject({
      kind: "finished",
      answer: { basis: "extractive", text: "Honey never spoils. [1]" },
    });
    expect(provider.requestCount).toBe(0);
    const [receipt] = await receipts();
    expect(receipt).toMatchObject({ cost: 0n, route: { attempts: [] } });
    expect(receipt?.route).not.toHaveProperty("chosen");
    expect(receipt?.route.reason).toMatch(
      /^No model fits, so none was asked; 2 out \(2 for an exhausted budget\)\. The nearest is acme\/m-small: The total budget of this day, \$0\.001000000, has \$0\.001000000 left; it could cost \$0\.00\d+\.$/,
    );
    expect(receipt?.route.candidates.map(({ refusals }) => refusals[0]?.code)).toEqual([
      "budget_exhausted",
      "budget_exhausted",
    ]);
  });

  it("fails with a code where its form leaves no answer without a model", async () => {
    await put("0.001");
    const responseFormat = { name: "a", schema: { type: "object" } };
    await opened[Symbol.asyncDispose]();
    await open({ models: models.map((model) => ({ ...model, capabilities: ["json_schema"] })) });
    expect(await ask({ responseFormat })).toMatchObject({ kind: "failed", error: { code: "BUDGET_EXHAUSTED" } });
  });

  it("goes on to what is cheaper at worst when the first one in the order does not fit", async () => {
    await opened[Symbol.asyncDispose]();
    // Of 300 tokens out, as is expected, the first one is the cheaper; of 2,000, the second.
    const [quick, terse] = [
      { id: "m-small", input: "0.1", output: "3" },
      { id: "m-large", input: "20", output: "0.5" },
    ];
    await open({ models: [quick, terse] });
    const tooDear = await ask({ outputTokensMax: 2_000 });
    expect(tooDear).toMatchObject({ kind: "finished", answer: { route: { chosen: { model: "m-small" } } } });
    await put("0.005");
    const last = await ask({ outputTokensMax: 2_000 });
    expect(last).toMatchObject({
      kind: "finished",
      answer: { route: { chosen: { model: "m-large" }, candidates: [{ isEligible: true }, { isEligible: false }] } },
    });
  });

  it("asks a local model whatever is left", async () => {
    await put("0");
    await opened[Symbol.asyncDispose]();
    await open({ localUrl: provider.url });
    expect(await ask()).toMatchObject({ answer: { basis: "generated", route: { chosen: { provider: "here" } } } });
    answer = (model) =>
      model === "m-local" ? { deltas: [], fault: { kind: "status", status: 500 } } : { deltas: ["No."] };
    expect(await ask()).toMatchObject({ answer: { basis: "extractive" } }); // and its failure does not open the door
    expect(new Set(provider.records.map(({ request }) => request.model))).toEqual(new Set(["m-local"]));
  });

  it("waits for what calls under way have reserved, not for what is spent", async () => {
    await put("0.003");
    await opened[Symbol.asyncDispose]();
    await open({ limits: { budgetWaitMs: 60_000 }, models: models.slice(0, 1) });
    const both = await Promise.all([ask(), ask()]); // each reserves $0.0021, and takes $0.0006
    expect(both).toMatchObject([{ answer: { basis: "generated" } }, { answer: { basis: "generated" } }]);
    // Waiting would take longer than a test may.
    await put("0.002");
    expect(await ask()).toMatchObject({ answer: { basis: "extractive" } });
  });

  it("stops waiting at its deadline, and when its reader leaves", async () => {
    await opened[Symbol.asyncDispose]();
    await open({ limits: { budgetWaitMs: 60_000 } });
    await put("0.003");
    const request = { payers: [], amount: usd("0.002"), model: "acme/other" };
    await opened.store.budgets.reserve(request, { signal });
    expect(await ask({ policy: { deadlineMs: 100 } })).toMatchObject({ answer: { basis: "extractive" } });
    const left = { signal: AbortSignal.timeout(100) };
    expect(await ask({}, undefined, left)).toMatchObject({ kind: "failed", error: { code: "REQUEST_ABORTED" } });
    expect(provider.requestCount).toBe(0);
    expect(await stateOf()).toMatchObject({ reserved: usd("0.002") });
  });

  it("sends nothing when the budgets cannot be asked", async () => {
    await put("1");
    opened.store.budgets.reserve = () => Promise.reject(new LarderError("STORE_BUSY"));
    expect(await ask()).toMatchObject({ kind: "failed", error: { code: "STORE_BUSY" } });
    expect(provider.requestCount).toBe(0);
  });
});

describe("an attempt under a budget", () => {
  it("gives all of it back when it was surely not billed, and the next one reserves its own", async () => {
    await put("1");
    answer = (model) =>
      model === "m-small"
        ? { deltas: [], fault: { kind: "status", status: 500 } }
        : { deltas: ["Honey never spoils [1]."], usage: { promptTokens: 100, completionTokens: 50 } };
    await ask();
    const attempts = (await receipts())[0]?.route.attempts;
    expect(attempts).toMatchObject([
      { billed: "no", cost: 0n, reservation: { ending: "released" } },
      { billed: "yes", reservation: { ending: "settled" } },
    ]);
    expect(await stateOf()).toEqual({ spent: billOf(1), held: 0n, reserved: 0n });
  });

  it.each([
    { what: "breaks after its first text", fault: { kind: "reset", afterDeltas: 1 } },
    { what: "breaks before its first text", fault: { kind: "reset", afterDeltas: 0 } },
    { what: "tells no usage, which our own count does not replace", fault: { kind: "no_usage" } },
  ] as const)("holds all of it when it $what", async ({ fault }) => {
    await opened[Symbol.asyncDispose]();
    await open({ models: models.slice(0, 1) });
    await put("1");
    answer = () => ({ deltas: ["Honey never ", "spoils [1]."], fault });
    await ask();
    const attempt = (await receipts())[0]?.route.attempts[0];
    expect(attempt?.reservation).toMatchObject({ ending: "held" });
    expect(await stateOf()).toEqual({ spent: 0n, held: attempt?.reservation?.amount, reserved: 0n });
  });

  it.each([
    { what: "leaves the loop", isAbort: false },
    { what: "aborts", isAbort: true },
  ])("holds all of it when its reader $what, and the ledger has each attempt once", async ({ isAbort }) => {
    await put("1");
    answer = (model) =>
      model === "m-small"
        ? { deltas: [], fault: { kind: "status", status: 500 } }
        : { deltas: ["Honey never ", "spoils [1]."], fault: { kind: "stall", afterDeltas: 1 } };
    const controller = new AbortController();
    if (isAbort) setTimeout(() => controller.abort(new LarderError("REQUEST_ABORTED")), 500);
    await ask({}, isAbort ? undefined : "text", { signal: controller.signal });
    const [receipt] = await receipts();
    expect(receipt?.errorCode).toBe("REQUEST_ABORTED");
    expect(receipt?.route.attempts).toMatchObject([
      { model: "m-small", billed: "no", reservation: { ending: "released" } },
      { model: "m-large", outcome: "aborted", billed: "unknown", reservation: { ending: "held" } },
    ]);
    const held = receipt?.route.attempts[1]?.reservation?.amount;
    expect(await stateOf()).toEqual({ spent: 0n, held, reserved: 0n });
    const usage = await opened.store.ledger.usage({ fromMs: 0, toMs: Date.now() + 1 }, "model", { signal });
    expect(usage.map(({ key, attempts, unpricedAttempts }) => [key, attempts, unpricedAttempts])).toEqual([
      ["acme/m-large", 1, 1],
      ["acme/m-small", 1, 0],
    ]);
  });
});
