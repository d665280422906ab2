import { formatUsd } from "@larder/contracts";
import type { PriceWatch } from "@larder/savings";
import pc from "picocolors";
import { readableUsds } from "./money.ts";
import { counted } from "./words.ts";

/** What other prices would do to the last answers, in a few sentences. */
export function renderPriceWatch(watch: PriceWatch): string {
  if (watch.receipts === 0) return pc.dim("no receipt to work out anew");
  const { repriced, reroutes, retiring, localAgainstApi: margins } = watch;
  const [was, is, change] = readableUsds([repriced.before, repriced.after, repriced.change].map(formatUsd));
  const unpriced =
    repriced.unpriced === 0 ? "" : `; ${counted(repriced.unpriced, "call")} without a price on both sides`;
  const lines = [
    pc.bold(`the last ${counted(watch.receipts, "receipt")}, on paper`),
    `  the same ${counted(repriced.calls, "call")}: ${was} before, ${is} after, ${change} of change${unpriced}`,
    ...reroutes.map(({ from, to, answers, saved }) => {
      const gain =
        saved === undefined ? "staying is not possible" : `${readableUsds([formatUsd(saved)])[0]} less by moving`;
      return `  ${counted(answers, "answer")} of ${watch.replayed}: ${from} -> ${to ?? "no model"}, ${gain}`;
    }),
    ...(reroutes.length === 0 ? [`  no route of ${watch.replayed} would change`] : []),
    ...retiring.map(({ model, retiresOn, daysLeft, answers }) => {
      const when = daysLeft < 0 ? "ended" : `ends in ${counted(daysLeft, "day")},`;
      return `  ${model} ${when} on ${retiresOn}; it gave ${counted(answers, "answer")}`;
    }),
  ];
  if (margins.compared > 0) {
    const [marginWas, marginIs] = readableUsds([margins.marginBefore, margins.marginAfter].map(formatUsd));
    const moved = `${margins.movedToLocal} became cheaper here, ${margins.movedToApi} elsewhere`;
    lines.push(`  API less local over ${margins.compared}: ${marginWas} before, ${marginIs} after; ${moved}`);
  }
  return lines.join("\n");
}
