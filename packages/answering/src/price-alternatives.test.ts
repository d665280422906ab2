import type { PriceTerms, SavingsQuestion } from "@larder/contracts";
import { createPriceBook, parseProvidersFile } from "@larder/generator-router";
import { createSavingsCalculator } from "@larder/savings";
import { expect, it } from "vitest";
import { attempt, routeBefore, usage } from "../test/scripted-answering.ts";
import type { AnswerDraft } from "./answer-draft.ts";
import { priceAlternatives } from "./price-alternatives.ts";

const model = {
  ...{ id: "m", context_tokens: 128_000, price_usd_per_mtok: { input: "0.1", output: "0.4" } },
  region_multipliers: { eu: "1.1" },
};
const priceBook = createPriceBook(
  parseProvidersFile(
    JSON.stringify({ providers: [{ id: "p", base_url: "http://127.0.0.1:9/v1", regions: ["eu"], models: [model] }] }),
    { environment: {}, changedOn: "2026-11-24" },
  ).flatMap((setup) => setup.models),
);

it.each([
  [
    "as the reply tells",
    { usage: { ...usage, lane: "flex" as const, region: "us" } },
    ["eu"],
    { lane: "flex", region: "us" },
  ],
  ["as the policy asked for", {}, ["ap", "eu"], { region: "eu" }],
  ["nowhere in particular", {}, undefined, {}],
] as const)("prices both sides where the answer was served: %s", (_, change, regions, terms) => {
  const asked: SavingsQuestion[] = [];
  const savings = createSavingsCalculator();
  const draft: AnswerDraft = {
    ...{ text: "", citations: [], isGrounded: true, generateMs: 1 },
    basis: "generated",
    route: { ...routeBefore, attempts: [{ ...attempt, startedAtMs: 77, ...change }] },
    spending: { usage, basis: "billed" },
  };
  priceAlternatives({
    savings: {
      ...savings,
      counterfactuals(question) {
        asked.push(question);
        return savings.counterfactuals(question);
      },
    },
    ...{ priceBook, draft, evidenceTokens: 100, corpusTokens: 1_000 },
    shape: { inputTokens: 300, stablePrefixTokens: 0, outputTokensMax: 9, outputTokensExpected: 9, needs: [] },
    policy: regions === undefined ? {} : { regions },
    traffic: () => ({ arrivals: 0, perHour: 0 }),
  });
  expect(asked.map((each): PriceTerms | undefined => each.terms)).toEqual([{ atMs: 77, ...terms }]);
});
