import type { ArmSavings, Receipt, SavingsGroup, SavingsPart, SummariseSavings } from "@larder/contracts";
import { armIds, noKnowledgeBase } from "@larder/contracts";
import { ArmSum } from "./arm-sum.ts";
import { EvidenceSum } from "./evidence-sum.ts";
import { createHoldoutSums } from "./holdout.ts";

/**
 * Savings over a window of receipts, for each arm and, where asked, each day, knowledge base or model: the ratio of sums,
 * never a mean of ratios.
 *
 * Shape: any number of receipts in; one entry per arm out, in the arms' order. Each receipt is read once; kept are the sums,
 * one number an answer, for the concentration, and one key a piece of evidence, for what was sent again. Money that was spent and money that is only modelled stay apart.
 * Answers that broke off are charged: what they took counts on our side and compares with nothing; so are abstentions,
 * most of which took nothing. A bill that nobody knows is in no sum; the verdict holds only if it would also hold with
 * the largest bill possible. Answers that were held out took the baseline: they are in no sum but the hold-out's own.
 */
export const summariseSavings: SummariseSavings = async (window, receipts, group) => {
  const whole = new Sums();
  const groups = new Map<string, Sums>();
  const holdout = createHoldoutSums();
  const evidence = new EvidenceSum();
  for await (const receipt of receipts) {
    if (receipt.knowledgeBaseId === noKnowledgeBase) continue; // nothing was retrieved, so there is nothing to compare
    holdout.add(receipt);
    if (receipt.holdout?.taken === "stuffed") continue;
    whole.add(receipt);
    evidence.add(receipt);
    if (group === undefined) continue;
    const key = keyOf(receipt, group);
    const sums = groups.get(key) ?? new Sums();
    groups.set(key, sums);
    sums.add(receipt);
  }
  const held = holdout.total();
  return {
    window,
    ...whole.total(),
    evidence: evidence.total(),
    ...(group !== undefined && {
      groups: [...groups]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, sums]) => ({ key, ...compact(sums.total()) })),
    }),
    ...(held && { holdout: held }),
  };
};

class Sums {
  readonly #arms = armIds.map((arm) => ({ arm, sum: new ArmSum(arm) }));
  readonly #headline = new ArmSum();
  #answers = 0;

  add(receipt: Receipt): void {
    this.#answers += 1;
    this.#headline.add(receipt);
    for (const { sum } of this.#arms) sum.add(receipt);
  }

  total(): { readonly answers: number; readonly headline: SavingsPart; readonly arms: readonly ArmSavings[] } {
    return {
      answers: this.#answers,
      headline: this.#headline.total().generated,
      arms: this.#arms.map(({ arm, sum }) => ({ arm, ...sum.total() })),
    };
  }
}

/** A group without the arms that none of its answers could be compared with. */
function compact<Total extends { readonly arms: readonly ArmSavings[] }>(total: Total): Total {
  const isThere = ({ generated, extractive, capabilityOnlyAnswers }: ArmSavings) =>
    generated.answers + extractive.answers + capabilityOnlyAnswers > 0;
  return { ...total, arms: total.arms.filter(isThere) };
}

function keyOf(receipt: Receipt, group: SavingsGroup): string {
  switch (group) {
    case "day":
      return new Date(receipt.createdAtMs).toISOString().slice(0, 10);
    case "knowledge_base":
      return receipt.knowledgeBaseId;
    case "model": {
      const { chosen } = receipt.route;
      return chosen === undefined ? (receipt.modelled?.model ?? "none") : `${chosen.provider}/${chosen.model}`;
    }
    default:
      return group satisfies never;
  }
}
