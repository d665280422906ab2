import type { ArmId, CostBasis, Receipt, SavingsSummary, SavingVerdict, SummariseSavings } from "@larder/contracts";
import { inputTokensOf, nanoUsd } from "@larder/contracts";
import { arms } from "./arms.ts";
import { verdictOf, weakerBasis } from "./verdict.ts";

/**
 * Savings over a window of receipts, for each arm: the ratio of sums, never a mean of ratios.
 *
 * Shape: any number of receipts in; one entry per arm out, in the arms' order. Each receipt is read once, and nothing
 * but the sums is kept. Answers that broke off are charged: what they took counts on our side and compares with
 * nothing; so are abstentions, most of which took nothing.
 */
export const summariseSavings: SummariseSavings = async (window, receipts) => {
  const sums = new Map(arms.map((arm) => [arm.id, new ArmSum(arm.id)]));
  let answers = 0;
  for await (const receipt of receipts) {
    answers += 1;
    for (const sum of sums.values()) sum.add(receipt);
  }
  return { window, answers, arms: [...sums.values()].map((sum) => sum.total()) };
};

class ArmSum {
  readonly #arm: ArmId;
  #comparableAnswers = 0;
  #capabilityOnlyAnswers = 0;
  #actualTokens = 0;
  #counterfactualTokens = 0;
  #actualCost = 0n;
  #counterfactualCost = 0n;
  #basis: CostBasis = "billed";

  constructor(arm: ArmId) {
    this.#arm = arm;
  }

  add(receipt: Receipt): void {
    if (receipt.errorCode !== undefined || receipt.basis === "abstained") {
      this.#charge(receipt);
      return;
    }
    const entry = receipt.counterfactuals.find((candidate) => candidate.arm === this.#arm);
    if (entry?.saved.verdict === "capability_only") this.#capabilityOnlyAnswers += 1;
    if (entry?.cost === undefined || entry.saved.cost === undefined || !entry.isFeasible) return;
    this.#comparableAnswers += 1;
    this.#counterfactualTokens += entry.tokens;
    this.#actualTokens += entry.tokens - entry.saved.tokens;
    this.#counterfactualCost += entry.cost;
    this.#actualCost += entry.cost - entry.saved.cost;
    this.#basis = weakerBasis(this.#basis, weakerBasis(entry.basis, receipt.costBasis));
  }

  /** What was spent without an answer, where it was not free for certain. */
  #charge(receipt: Receipt): void {
    if (receipt.route.attempts.every((attempt) => attempt.billed === "no")) return;
    if (receipt.usage !== undefined) this.#actualTokens += inputTokensOf(receipt.usage.tokens);
    if (receipt.cost !== undefined) this.#actualCost += receipt.cost;
    this.#basis = weakerBasis(this.#basis, receipt.cost === undefined ? "unpriced" : receipt.costBasis);
  }

  total(): SavingsSummary["arms"][number] {
    const common = {
      arm: this.#arm,
      comparableAnswers: this.#comparableAnswers,
      capabilityOnlyAnswers: this.#capabilityOnlyAnswers,
      tokens: {
        actual: this.#actualTokens,
        counterfactual: this.#counterfactualTokens,
        saved: this.#counterfactualTokens - this.#actualTokens,
      },
    };
    if (this.#comparableAnswers === 0) {
      const verdict: SavingVerdict = this.#capabilityOnlyAnswers > 0 ? "capability_only" : "not_established";
      return { ...common, verdict, basis: "unpriced" };
    }
    const saved = nanoUsd(this.#counterfactualCost - this.#actualCost);
    return {
      ...common,
      cost: { actual: nanoUsd(this.#actualCost), counterfactual: nanoUsd(this.#counterfactualCost), saved },
      verdict: this.#basis === "unpriced" ? "not_established" : verdictOf(saved),
      basis: this.#basis,
    };
  }
}
