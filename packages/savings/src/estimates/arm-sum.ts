import type { ArmId, ArmSavings, Attempt, CounterfactualArm, Receipt } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { weakerBasis } from "../verdict.ts";
import { PartSum } from "./part-sum.ts";

/** Sums of a window's answers against one arm; without an arm against each answer's own headline. */
export class ArmSum {
  readonly #arm: ArmId | undefined;
  readonly #generated = new PartSum();
  readonly #extractive = new PartSum();
  #capabilityOnlyAnswers = 0;
  #unknownBills = 0;
  /** `undefined` once one of them has no known limit. */
  #unknownCostMax: bigint | undefined = 0n;

  constructor(arm?: ArmId) {
    this.#arm = arm;
  }

  add(receipt: Receipt): void {
    if (receipt.cost === undefined && receipt.route.attempts.some(isUnknown)) this.#addUnknown(receipt);
    if (receipt.errorCode !== undefined || receipt.basis === "abstained") {
      this.#generated.charge(receipt);
      return;
    }
    const entry = this.#entryOf(receipt);
    if (entry?.saved.verdict === "capability_only") this.#capabilityOnlyAnswers += 1;
    const part = receipt.basis === "extractive" ? this.#extractive : this.#generated;
    if (entry?.cost === undefined || entry.saved.cost === undefined || !entry.isFeasible) {
      if (entry !== undefined && isTried(entry)) part.leaveOut(weakerBasis(entry.basis, receipt.costBasis));
      return;
    }
    const tokens = { counterfactual: entry.tokens, saved: entry.saved.tokens };
    const cost = { counterfactual: entry.cost, saved: entry.saved.cost };
    if (receipt.basis === "extractive") {
      this.#extractive.add(tokens, cost, "modelled");
      this.#generated.charge(receipt); // what models took that then said nothing
    } else {
      this.#generated.add(tokens, cost, weakerBasis(entry.basis, receipt.costBasis));
    }
  }

  /** Where no arm was the headline, the one that says why: nobody could have sent the whole knowledge base. */
  #entryOf({ counterfactuals, headlineArm }: Receipt): CounterfactualArm | undefined {
    const arm = this.#arm ?? headlineArm ?? "stuff_warm";
    return counterfactuals.find((candidate) => candidate.arm === arm);
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

  total(): Omit<ArmSavings, "arm"> {
    const otherwise = this.#capabilityOnlyAnswers > 0 ? "capability_only" : "not_established";
    const costMax = this.#unknownCostMax;
    return {
      capabilityOnlyAnswers: this.#capabilityOnlyAnswers,
      generated: this.#generated.total(otherwise, costMax),
      extractive: this.#extractive.total(otherwise, 0n),
      unknownBills: { answers: this.#unknownBills, ...(costMax === undefined ? {} : { costMax: nanoUsd(costMax) }) },
    };
  }
}

/** Not an arm that nobody could try here, of which there is nothing to say. */
function isTried({ isFeasible, saved, basis }: CounterfactualArm): boolean {
  return isFeasible || saved.verdict === "capability_only" || basis === "unpriced";
}

function isUnknown({ billed, cost }: Attempt): boolean {
  return billed === "unknown" && cost === undefined;
}

function add(sum: bigint | undefined, worst: bigint): bigint | undefined {
  return sum === undefined ? undefined : sum + worst;
}
