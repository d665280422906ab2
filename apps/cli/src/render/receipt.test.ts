import { expect, it } from "vitest";
import type { CounterfactualBody } from "../wire.ts";
import type { MoneyBody } from "./receipt.ts";
import { renderReceipt, renderWindow } from "./receipt.ts";

const arm = (
  id: string,
  usd: string,
  verdict = "saves",
  change: Partial<CounterfactualBody> = {},
): CounterfactualBody => ({
  arm: id,
  model: "p/m",
  feasible: true,
  quality: "presumed",
  cache: null,
  usd,
  tokens: 19_306,
  basis: "modelled",
  reason: null,
  saved: { tokens: 17_000, usd: "0.000880000", verdict },
  ...change,
});
const money = (change: Partial<MoneyBody>): MoneyBody => ({
  basis: "extractive",
  usage: null,
  cost: { usd: "0.000000000", basis: "modelled", price_book: "b" },
  modelled: { model: "p/m", input_tokens: 1_651, output_tokens: 300, usd: "0.000110000" },
  counterfactual: null,
  counterfactuals: [arm("stuff_cold", "0.000990000"), arm("stuff_warm", "0.000990000", "costs_more")],
  context_window: null,
  ...change,
});

it("says why two rows are the same, and a verdict in words", () => {
  const text = renderReceipt(money({}), "rcp_1");
  expect(text).toContain("p/m has no cache discount, so warm costs as much as uncached");
  expect(text).toContain("(costs more)");
  expect(text).toMatch(/the evidence alone, at p\/m +│ +1,651 │ +\$0\.00011 │/);
});

it("says nothing of discounts where there is one, and that tokens are unknown where they are", () => {
  const counterfactuals = [arm("stuff_cold", "0.000990000"), arm("stuff_warm", "0.000190000")];
  const text = renderReceipt(money({ basis: "generated", modelled: null, counterfactuals }), null);
  expect(text).not.toContain("discount");
  expect(text).toMatch(/sent: the evidence that matters +│ +unknown │/);
});

it("names the headline with its verdict, a loss as a loss, and doubts what nobody measured", () => {
  const warm = arm("stuff_warm", "0.000190000", "costs_more", {
    saved: { tokens: 1, usd: "-0.000010000", verdict: "costs_more" },
  });
  const counterfactuals = [arm("closed_book", "0.000010000", "costs_more", { quality: "unknown" }), warm];
  const text = renderReceipt(money({ counterfactual: warm, counterfactuals }), null);
  expect(text).toContain("headline: costs more, -$0.000010 against whole knowledge base in the prompt, cache warm");
  expect(text).toMatch(/no documents at all .*\(costs more\)\* /);
});

it("leaves out what could not be done for other reasons than the window, and counts it", () => {
  const counterfactuals = [
    arm("stuff_cold", "0.1", "capability_only", { feasible: false, reason: "It does not fit.", usd: null }),
    arm("oracle_evidence", "0.1", "not_established", { feasible: false, reason: "Nobody knows.", usd: null }),
  ];
  const text = renderReceipt(money({ counterfactuals }), null);
  expect(text).toContain("It does not fit.");
  expect(text).not.toContain("exactly the right passages");
  expect(text).toContain("headline: capability only");
  expect(text).toContain("1 other way not feasible here; --json says why");
});

it.each([
  [{ arrivals: 0, arrivals_per_hour: 0, hit_probability: 0 }, "traffic: no earlier question within a day"],
  [
    { arrivals: 12, arrivals_per_hour: 3.04, hit_probability: 0.224 },
    "traffic: 3.0 questions an hour (12 seen), cached with a chance of 22 %",
  ],
])("says what the cached way rests on", (cache, words) => {
  const cached = arm("stuff_cached", "0.1", "saves", { cache: { strategy: "short", ...cache } });
  expect(renderReceipt(money({ counterfactuals: [cached] }), null)).toContain(words);
});

it("shows the window as such, and the turns of a conversation", () => {
  const use = {
    usable_tokens: 126_976,
    occupancy: 0.0336,
    evidence_share: 0.71,
    evidence_use: 0.25,
    wasted_tokens: 2_250,
    free_after_answer_tokens: 123_500,
    turns_to_compaction: null,
  };
  expect(renderWindow(use)).toEqual([
    "window: 3.4 % of 126,976 tokens; evidence 71 % of the prompt, 25 % of it cited; 2,250 uncited; 123,500 free after the answer",
  ]);
  const turns_to_compaction = { keeping_words: 304, keeping_evidence: 35 };
  expect(renderWindow({ ...use, turns_to_compaction })[0]).toContain(
    "35 more turns fit with their evidence, 304 without",
  );
  expect(renderWindow(null)).toEqual([]);
});
