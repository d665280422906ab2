import type {
  ArmId,
  Attempt,
  CostBasis,
  NanoUsd,
  Receipt,
  SavingsPart,
  SavingsSummary,
  SavingVerdict,
  SummariseSavings,
} from "@larder/contracts";
import { inputTokensOf, nanoUsd, noKnowledgeBase } from "@larder/contracts";
import { arms } from "./arms.ts";
import { verdictOf, weakerBasis } from "./verdict.ts";

/**
 * Savings over a window of receipts, for each arm: the ratio of sums, never a mean of ratios.
 *
 * Shape: any number of receipts in; one entry per arm out, in the arms' order. Each receipt is read once, and nothing
 * but the sums is kept. Money that was spent and money that is only modelled stay apart. Answers that broke off are
 * charged: what they took counts on our side and compares with nothing; so are abstentions, most of which took nothing.
 * A bill that nobody knows is in no sum; the verdict holds only if it would also hold with the largest bill possible.
 */
export const summariseSavings: SummariseSavings = async (window, receipts) => {
  const sums = new Map(arms.map((arm) => [arm.id, new ArmSum(arm.id)]));
  let answers = 0;
  for await (const receipt of receipts) {
    if (receipt.knowledgeBaseId === noKnowledgeBase) continue; // nothing was retrieved, so there is nothing to compare
    answers += 1;
    for (const sum of sums.values()) sum.add(receipt);
  }
  return { window, answers, arms: [...sums.values()].map((sum) => sum.total()) };
};

class ArmSum {
  readonly #arm: ArmId;
  readonly #generated = new PartSum();
  readonly #extractive = new PartSum();
  #capabilityOnlyAnswers = 0;
  #unknownBills = 0;
  /** `undefined` once one of them has no known limit. */
  #unknownCostMax: bigint | undefined = 0n;

  constructor(arm: ArmId) {
    this.#arm = arm;
  }

  add(receipt: Receipt): void {
    if (receipt.cost === undefined && receipt.route.attempts.some(isUnknown)) this.#addUnknown(receipt);
    if (receipt.errorCode !== undefined || receipt.basis === "abstained") {
      this.#generated.charge(receipt);
      return;
    }
    const entry = receipt.counterfactuals.find((candidate) => candidate.arm === this.#arm);
    if (entry?.saved.verdict === "capability_only") this.#capabilityOnlyAnswers += 1;
    if (entry?.cost === undefined || entry.saved.cost === undefined || !entry.isFeasible) return;
    const tokens = { counterfactual: entry.tokens, saved: entry.saved.tokens };
    const cost = { counterfactual: entry.cost, saved: entry.saved.cost };
    if (receipt.basis === "extractive") {
      this.#extractive.add(tokens, cost, "modelled");
      this.#generated.charge(receipt); // what models took that then said nothing
    } else {
      this.#generated.add(tokens, cost, weakerBasis(entry.basis, receipt.costBasis));
    }
  }

  #addUnknown({ route }: Receipt): void {
    this.#unknownBills += 1;
    for (const attempt of route.attempts.filter(isUnknown)) {
      const worst = route.candidates.find(
        ({ provider, model }) => provider === attempt.provider && model === attempt.model,
      )?.worstCost;
      this.#unknownCostMax = worst === undefined ? undefined : add(this.#unknownCostMax, worst);
    }
  }

  total(): SavingsSummary["arms"][number] {
    const otherwise = this.#capabilityOnlyAnswers > 0 ? "capability_only" : "not_established";
    const costMax = this.#unknownCostMax;
    return {
      arm: this.#arm,
      capabilityOnlyAnswers: this.#capabilityOnlyAnswers,
      generated: this.#generated.total(otherwise, costMax),
      extractive: this.#extractive.total(otherwise, 0n),
      unknownBills: { answers: this.#unknownBills, ...(costMax === undefined ? {} : { costMax: nanoUsd(costMax) }) },
    };
  }
}

class PartSum {
  #answers = 0;
  #ourTokens = 0;
  #counterfactualTokens = 0;
  #ourCost = 0n;
  #counterfactualCost = 0n;
  #basis: CostBasis = "billed";

  add(
    tokens: { readonly counterfactual: number; readonly saved: number },
    cost: { readonly counterfactual: NanoUsd; readonly saved: NanoUsd },
    basis: CostBasis,
  ): void {
    this.#answers += 1;
    this.#counterfactualTokens += tokens.counterfactual;
    this.#ourTokens += tokens.counterfactual - tokens.saved;
    this.#counterfactualCost += cost.counterfactual;
    this.#ourCost += cost.counterfactual - cost.saved;
    this.#basis = weakerBasis(this.#basis, basis);
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
    const tokens = {
      ours: this.#ourTokens,
      counterfactual: this.#counterfactualTokens,
      saved: this.#counterfactualTokens - this.#ourTokens,
    };
    const ours = nanoUsd(this.#ourCost);
    const saved = nanoUsd(this.#counterfactualCost - this.#ourCost);
    const cost = { ours, counterfactual: nanoUsd(this.#counterfactualCost), saved };
    if (this.#answers === 0) {
      const isSpent = this.#ourCost > 0n || this.#ourTokens > 0;
      return {
        answers: 0,
        tokens,
        ...(isSpent ? { cost } : {}),
        verdict: otherwise,
        basis: isSpent ? this.#basis : "unpriced",
      };
    }
    const verdict = verdictOf(saved);
    const isSure = unknownCostMax !== undefined && verdictOf(nanoUsd(saved - unknownCostMax)) === verdict;
    return { answers: this.#answers, tokens, cost, verdict: isSure ? verdict : "not_established", basis: this.#basis };
  }
}

function isUnknown({ billed, cost }: Attempt): boolean {
  return billed === "unknown" && cost === undefined;
}

function add(sum: bigint | undefined, worst: bigint): bigint | undefined {
  return sum === undefined ? undefined : sum + worst;
}
