import type { SavingsReport } from "@larder/savings-runs";
import { expect, it } from "vitest";
import { closingLines } from "./closing-lines.ts";

function linesOf(n: number, clusters: number, moneyBasis: SavingsReport["money_basis"] = "modelled_local"): string {
  const preregistered = { n, clusters, margin_ratio: 0.02, budgets_tok: [256, 1_024] };
  return closingLines({ preregistered, money_basis: moneyBasis } as SavingsReport);
}

it("says that evidence is measured, money is modelled, and how many questions the margin needs", () => {
  const lines = linesOf(120, 40);
  expect(lines).toContain("Evidence at budgets of 256, 1,024 tokens is measured; money is modelled");
  expect(lines).toContain("a 2-point margin needs 201 questions over 40 documents");
  expect(lines).toContain("these 120 cannot establish it");
});

it("blames no number that is large enough, and models no money without a price", () => {
  expect(linesOf(201, 40)).not.toContain("cannot");
  expect(linesOf(300, 1)).toContain("by any number of questions");
  expect(linesOf(120, 40, null)).toContain("nothing has a price here");
});
