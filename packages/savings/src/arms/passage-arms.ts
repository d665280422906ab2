import type { PriceArm } from "./arm-finding.ts";
import { aboveWindow, infeasible } from "./arm-finding.ts";

/** Instructions and question alone. */
export const closedBook: PriceArm = (asked) =>
  aboveWindow(asked, asked.overhead) ?? {
    kind: "feasible",
    tokens: asked.overhead,
    cost: asked.price({ inputFresh: asked.overhead }),
  };

/** What somebody would paste who knows which document it is. */
export const topDocument: PriceArm = (asked) => {
  if (asked.topDocument === undefined) return infeasible(asked, "The document of the best passage is not known.");
  const tokens = asked.topDocument + asked.overhead;
  return aboveWindow(asked, tokens) ?? { kind: "feasible", tokens, cost: asked.price({ inputFresh: tokens }) };
};

/** Other passages in a prompt of the same size: they cost exactly what ours cost. */
export const sameBudget: PriceArm = ({ actualInput, question }) => ({
  kind: "feasible",
  tokens: actualInput,
  cost: question.actualCost,
});

/** What only a run on labelled questions can try. */
export const inRunsOnly =
  (reason: string): PriceArm =>
  (asked) =>
    infeasible(asked, reason);
