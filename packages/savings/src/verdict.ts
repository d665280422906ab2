import type { CostBasis, NanoUsd, SavingVerdict } from "@larder/contracts";

/** What a signed saving in money says. Exactly nothing saved is no effect; nothing is clamped. */
export function verdictOf(savedCost: NanoUsd): SavingVerdict {
  if (savedCost === 0n) return "no_measurable_effect";
  return savedCost > 0n ? "saves" : "costs_more";
}

const strengths: readonly CostBasis[] = ["billed", "estimated", "modelled", "unpriced"];

/** The weaker of two: a sum is no better than its worst part. */
export function weakerBasis(a: CostBasis, b: CostBasis): CostBasis {
  return strengths.indexOf(a) >= strengths.indexOf(b) ? a : b;
}
