import type { SavingsReport } from "@larder/savings-runs";
import { questionsNeeded } from "@larder/savings-runs";
import { count } from "../../render/words.ts";

/** What is measured and what is modelled, and whether so few questions can show that quality holds. */
export function closingLines({
  preregistered: { n, clusters, margin_ratio: margin, budgets_tok: budgets },
  money_basis,
}: Pick<SavingsReport, "preregistered" | "money_basis">): string {
  const money =
    money_basis === "modelled_local"
      ? "money is modelled: no model was asked, our token counts stand at its prices"
      : "nothing has a price here";
  const needed = questionsNeeded(margin, clusters);
  const points = `${Number((100 * margin).toFixed(2))}-point margin`;
  const least = Number.isFinite(needed)
    ? `Where no answer differs, a ${points} needs ${count(needed)} questions over ${count(clusters)} documents, and thousands where some differ either way`
    : `A ${points} over ${count(clusters)} documents cannot be shown to hold by any number of questions`;
  const verdict = n < needed ? `: these ${count(n)} cannot establish it between arms that are equally good.` : ".";
  return [
    `Evidence at budgets of ${budgets.map(count).join(", ")} tokens is measured; ${money}.`,
    `${least}${verdict}`,
  ].join("\n");
}
