import type { AnswerEvent, Candidate, Policy, RoutedRequest } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { connectProvider, createGeneratorRouter, createPriceBook, parseProvidersFile } from "@larder/generator-router";
import type { FakeAnswer } from "@larder/testkit";
import { evidenceOf, startFakeProvider } from "@larder/testkit";
import { describe, expect, it } from "vitest";
import type { AnswerDraft } from "./answer-draft.ts";
import { chooseEscalation, verifierRates } from "./escalate.ts";
import { readSentences } from "./evidence-sentences.ts";
import { generateVerified } from "./generate-verified.ts";
import { satisfiesSchema } from "./satisfies-schema.ts";
import { isRefusal, verifyAnswer } from "./verify-answer.ts";

const call = { signal: AbortSignal.timeout(20_000) };
const clock = { nowMs: Date.now, monotonicMs: () => performance.now() };
const tokenCounter = { id: "quarters", count: (text: string) => Math.ceil(text.length / 4) };
const text = "Honey never spoils. Oil goes rancid after 90 days. Marie Curie kept both in her larder in Paris.";
const evidence = readSentences([evidenceOf(text, { title: "Pantry", tokens: 25 })]);
const verify = (answer: string) =>
  verifyAnswer({ text: answer, evidence, question: "When does oil go rancid?" }, undefined, call);

describe("an answer is checked against its evidence", () => {
  it.each([
    ["Oil goes rancid after 90 days [1].", true, []],
    ["Oil goes rancid after 30 days [1].", false, ["number_differs"]],
    ["Oil never goes rancid after 90 days.", false, ["negation_differs"]],
    ["Honey spoils.", false, ["negation_differs"]],
    ["In her larder in Paris, Pierre Lavoisier kept both.", false, ["name_differs"]],
    ["Wheat flour attracts moths in summer.", false, ["claim_unsupported"]],
    ["Oil goes rancid after 90 days. Wheat flour attracts moths.", false, ["claim_unsupported"]],
    ["I'm sorry, but I cannot help with that.", false, ["refused"]],
    ["", false, ["nothing_stated"]],
  ] as const)("%s is supported: %s", async (answer, isSupported, problems) => {
    expect(await verify(answer)).toMatchObject({ isSupported, problems });
  });

  it("is checked against its schema first, and its texts are claims", async () => {
    const schema = {
      type: "object",
      properties: { after: { type: "string" } },
      required: ["after"],
      additionalProperties: false,
    };
    const check = (json: string) =>
      verifyAnswer({ text: json, evidence, question: "", responseFormat: { name: "a", schema } }, undefined, call);
    expect(await check('{"after":"Oil goes rancid after 90 days"}')).toMatchObject({ isSupported: true });
    expect(await check('{"after":90}')).toMatchObject({ isSupported: false, problems: ["schema_invalid"] });
    expect(await check("after 90 days")).toMatchObject({ problems: ["schema_invalid"] });
    expect(satisfiesSchema([1, 2], { type: "array", items: { type: "integer", maximum: 2 }, minItems: 2 })).toBe(true);
    expect(satisfiesSchema([1, 3], { type: "array", items: { $ref: "#/$defs/n" }, $defs: { n: { maximum: 2 } } })).toBe(
      false,
    );
  });

  it("tells refusals from answers", () => {
    expect(isRefusal("Unfortunately, I cannot say.")).toBe(true);
    expect(isRefusal("Honey never spoils.")).toBe(false);
  });
});

async function ask(answers: Readonly<Record<string, FakeAnswer>>, policy: Policy = {}, mayEscalate = true) {
  await using provider = await startFakeProvider({
    models: [{ id: "small" }, { id: "large" }],
    answer: ({ model }) => answers[model] ?? { deltas: ["?"] },
  });
  const model = (id: string, input: string, quality: number) => ({
    id,
    context_tokens: 100_000,
    max_output_tokens: 4_000,
    price_usd_per_mtok: { input, output: "1" },
    quality,
  });
  const file = {
    providers: [{ id: "acme", base_url: provider.url, models: [model("small", "1", 0.5), model("large", "3", 0.9)] }],
  };
  const setups = parseProvidersFile(JSON.stringify(file), { environment: {}, changedOn: "2026-11-24" });
  const router = createGeneratorRouter({
    priceBook: createPriceBook(setups.flatMap(({ models }) => models)),
    providers: setups.map((setup) => connectProvider(setup, clock)),
    tokenCounter,
    clock,
  });
  const request: RoutedRequest = {
    prompt: { messages: [{ role: "user", content: "When does oil go rancid?" }] },
    shape: {
      inputTokens: 1_000,
      stablePrefixTokens: 0,
      outputTokensMax: 100,
      outputTokensExpected: 50,
      needs: [],
      ...(mayEscalate && { escalation: verifierRates }),
    },
    policy,
  };
  const verdicts: boolean[] = [];
  const answer = generateVerified(
    {
      router,
      request,
      clock,
      support: () => undefined,
      onRoute: () => undefined,
      onAttempt: () => undefined,
      verify,
      onVerified: (_draft, { isSupported }) => verdicts.push(isSupported),
    },
    call,
  );
  const events: AnswerEvent[] = [];
  for (;;) {
    const step = await answer.next();
    if (step.done === true) return { events, draft: step.value as AnswerDraft, verdicts, arrivals: provider.arrivals };
    events.push(step.value);
  }
}

const right: FakeAnswer = {
  deltas: ["Oil goes rancid ", "after 90 days."],
  usage: { promptTokens: 1_000, completionTokens: 8 },
};
const wrong: FakeAnswer = {
  deltas: ["Oil goes rancid ", "after 30 days."],
  usage: { promptTokens: 1_000, completionTokens: 8 },
};
const shownBy = (events: readonly AnswerEvent[]) =>
  events.map((event) => (event.kind === "text" ? event.text : "")).join("");

describe("an answer that is found wanting, over HTTP", () => {
  it("is asked for once more, of a better model; both calls stand on the route with their money", async () => {
    const { events, draft, verdicts, arrivals } = await ask({ small: wrong, large: right });
    expect(arrivals).toBe(2);
    expect(verdicts).toEqual([false, true]);
    expect(shownBy(events)).toBe("Oil goes rancid after 90 days.");
    expect(events.filter(({ kind }) => kind === "route")).toHaveLength(1);
    expect(draft.route.chosen?.model).toBe("large");
    expect(draft.route.attempts.map(({ model }) => model)).toEqual(["small", "large"]);
    expect(draft.spending.cost).toBe(1_000_000n + 8_000n + 3_000_000n + 8_000n);
    expect(draft.route.reason).toContain("found wanting; acme/large is asked: it may bring $");
  });

  it("shows the first, and never a third call, when the second is no better or fails", async () => {
    const worse = await ask({ small: wrong, large: { deltas: ["Bananas are blue birds."] } });
    expect(worse).toMatchObject({ arrivals: 2, draft: { route: { chosen: { model: "small" } } } });
    expect(shownBy(worse.events)).toBe("Oil goes rancid after 30 days.");
    const failed = await ask({ small: wrong, large: { deltas: [], fault: { kind: "status", status: 400 } } });
    expect(failed).toMatchObject({ arrivals: 2, draft: { text: "Oil goes rancid after 30 days." } });
    expect(failed.draft.error).toBeUndefined();
    expect(failed.draft.verification?.isSupported).toBe(false);
  });

  it("asks nobody when the first is supported, when money is short, or when it may not", async () => {
    expect((await ask({ small: right })).arrivals).toBe(1);
    const short = await ask({ small: wrong, large: right }, { costMax: nanoUsd(1_200_000n) });
    expect(short).toMatchObject({ arrivals: 1, draft: { text: "Oil goes rancid after 30 days." } });
    const streamed = await ask({ small: wrong, large: right }, {}, false);
    expect(streamed).toMatchObject({ arrivals: 1, draft: { verification: { isSupported: false } } });
  });
});

it("asks for no more than the answer may bring", () => {
  const quality = (mean: number) => ({ alpha: 1, beta: 1, mean, lowerBound: mean, weight: 0 });
  const candidate = (model: string, mean: number, cost: bigint): Candidate => ({
    provider: "a",
    model,
    isEligible: true,
    expectedCost: nanoUsd(cost),
    quality: quality(mean),
    reasons: [],
    refusals: [],
  });
  const first = candidate("s", 0.5, 1n);
  const rates = { caught: 0.8, falseAlarms: 0.2 };
  // By hand: good after all 0.5 × 0.2 / (0.1 + 0.4) = 0.2; the gain is 0.9 − 0.2 = 0.7 of a dollar.
  const choose = (cost: bigint) =>
    chooseEscalation(first, [first, candidate("l", 0.9, cost)], nanoUsd(1_000_000_000n), rates);
  expect(choose(699_999_999n).candidate?.model).toBe("l");
  expect(choose(700_000_000n).candidate).toBeUndefined();
  expect(choose(700_000_000n).sentence).toBe("a/l is not asked: it may bring $0.700000000 and costs $0.700000000.");
  expect(chooseEscalation(first, [first]).sentence).toBe("No better model may be asked.");
});
