import type { CostBasis, NanoUsd, Receipt, SavingBasis, SavingsPart, SavingVerdict } from "@larder/contracts";
import { inputTokensOf, nanoUsd } from "@larder/contracts";
import { verdictOf, weakerBasis } from "../verdict.ts";

/** Sums of one kind of answers against one arm. */
export class PartSum {
  #ourTokens = 0;
  #counterfactualTokens = 0;
  #ourCost = 0n;
  #counterfactualCost = 0n;
  #basis: CostBasis = "billed";
  #leftOut: CostBasis | undefined;
  /** What each answer saved, in nano-dollars: for the share that the best of them have. */
  readonly #saved: number[] = [];

  add(
    tokens: { readonly counterfactual: number; readonly saved: number },
    cost: { readonly counterfactual: NanoUsd; readonly saved: NanoUsd },
    basis: CostBasis,
  ): void {
    this.#counterfactualTokens += tokens.counterfactual;
    this.#ourTokens += tokens.counterfactual - tokens.saved;
    this.#counterfactualCost += cost.counterfactual;
    this.#ourCost += cost.counterfactual - cost.saved;
    this.#saved.push(Number(cost.saved));
    this.#basis = weakerBasis(this.#basis, basis);
  }

  /** An answer that is in no sum, and what it would have rested on. */
  leaveOut(basis: CostBasis): void {
    this.#leftOut = weakerBasis(this.#leftOut ?? basis, basis);
  }

  /** What was spent without an answer to compare; nothing where nothing was sent or the bill is not known. */
  charge({ route, usage, cost, costBasis }: Receipt): void {
    if (cost === undefined || route.attempts.every((attempt) => attempt.billed === "no")) return;
    if (usage !== undefined) this.#ourTokens += inputTokensOf(usage.tokens);
    this.#ourCost += cost;
    this.#basis = weakerBasis(this.#basis, costBasis);
  }

  /** @param unknownCostMax - What our side may come to cost besides; `undefined` when there is no telling */
  total(otherwise: SavingVerdict, unknownCostMax: bigint | undefined): SavingsPart {
    const answers = this.#saved.length;
    const tokens = {
      ours: this.#ourTokens,
      counterfactual: this.#counterfactualTokens,
      saved: this.#counterfactualTokens - this.#ourTokens,
    };
    const saved = nanoUsd(this.#counterfactualCost - this.#ourCost);
    const cost = { ours: nanoUsd(this.#ourCost), counterfactual: nanoUsd(this.#counterfactualCost), saved };
    if (answers === 0) {
      const isSpent = this.#ourCost > 0n || this.#ourTokens > 0;
      const basis: SavingBasis = isSpent ? this.#basis : (this.#leftOut ?? "none");
      return { answers, tokens, ...(isSpent ? { cost } : {}), verdict: otherwise, basis };
    }
    const verdict = verdictOf(saved);
    const isSure = unknownCostMax !== undefined && verdictOf(nanoUsd(saved - unknownCostMax)) === verdict;
    const concentration = concentrationOf(this.#saved);
    return {
      answers,
      tokens,
      cost,
      ...(concentration !== undefined && { concentration }),
      verdict: isSure ? verdict : "not_established",
      basis: this.#basis,
    };
  }
}

/** Hundredth of the answers, at least one, with the largest savings: their share of the whole. */
const topShare = 0.01;

/**
 * Share of the total that the top hundredth has. Above a half, the total tells of a few answers; above 1, the others
 * lost. `undefined` where the total is no saving.
 */
export function concentrationOf(saved: readonly number[]): number | undefined {
  const total = saved.reduce((sum, each) => sum + each, 0);
  if (total <= 0) return undefined;
  const top = saved.toSorted((a, b) => b - a).slice(0, Math.max(1, Math.ceil(saved.length * topShare)));
  return top.reduce((sum, each) => sum + each, 0) / total;
}
