import { expect, it } from "vitest";
import type { MoneyBody } from "./receipt.ts";
import { renderReceipt } from "./receipt.ts";

const arm = (id: string, usd: string, verdict = "saves") => ({
  arm: id,
  model: "p/m",
  usd,
  tokens: 19_306,
  basis: "modelled",
  reason: null,
  saved: { tokens: 17_000, usd: "0.000880000", verdict },
});
const money = (change: Partial<MoneyBody>): MoneyBody => ({
  basis: "extractive",
  usage: null,
  cost: { usd: "0.000000000", basis: "modelled", price_book: "b" },
  modelled: { model: "p/m", input_tokens: 1_651, output_tokens: 300, usd: "0.000110000" },
  counterfactuals: [arm("stuff_cold", "0.000990000"), arm("stuff_warm", "0.000990000", "costs_more")],
  ...change,
});

it("says why two rows are the same, and a verdict in words", () => {
  const text = renderReceipt(money({}), "rcp_1");
  expect(text).toContain("p/m has no cache discount, so warm costs as much as uncached");
  expect(text).toContain("(costs more)");
  expect(text).toMatch(/the evidence alone, if p\/m wrote the answer +│ +1,651 │ +\$0\.00011 │/);
});

it("says nothing of discounts where there is one, and that tokens are unknown where they are", () => {
  const counterfactuals = [arm("stuff_cold", "0.000990000"), arm("stuff_warm", "0.000190000")];
  const text = renderReceipt(money({ basis: "generated", modelled: null, counterfactuals }), null);
  expect(text).not.toContain("discount");
  expect(text).toMatch(/sent: the evidence that matters +│ +unknown │/);
});
