import { sum } from "./compare-arms.ts";
import type { Observation } from "./observation.ts";
import { isUnjudged } from "./observation.ts";
import { hasNoCacheRead } from "./pasted-clause.ts";
import type { RunRegistration } from "./registration.ts";
import type { ArmReport, Comparison, SavingsReport } from "./report-schema.ts";
import { nameOfArm } from "./run-arms.ts";

const clustersMin = 10; // below it, intervals by redrawn documents are a guess

export interface WarningFacts {
  readonly registration: RunRegistration;
  readonly isComplete: boolean;
  readonly observations: readonly Observation[];
  readonly comparisons: readonly Comparison[];
  readonly report: Pick<SavingsReport, "money_basis" | "arms">;
}

/** What speaks against the figures of a report, in sentences. */
export function runWarnings({ registration, isComplete, observations, comparisons, report }: WarningFacts): string[] {
  const outliers = comparisons.filter(({ concentration_top1pct_ratio: top }) => top !== null && top > 0.5);
  const unknown = sum(report.arms.map(({ cost_unknown }) => cost_unknown));
  const unjudged = observations.filter((one) => one.kind === "answered" && isUnjudged(one)).length;
  const { set, model } = registration;
  return [
    ...(isComplete ? [] : ["The run is not finished; nothing is established yet."]),
    ...(set.isSynthetic ? ["The questions are synthetic: nobody asked them. Real questions are harder."] : []),
    ...(set.clusters < clustersMin
      ? [`Only ${set.clusters} documents are asked about; intervals over them are rough.`]
      : []),
    ...(model === undefined ? ["No model is named, so nothing has a price; tokens alone are compared."] : []),
    ...(unknown > 0 ? [`${unknown} bills are not known; they count against Larder.`] : []),
    ...(unjudged > 0
      ? [`${unjudged} answers were cut off or not judged; they are wrong where Larder's, right where another arm's.`]
      : []),
    ...answeredAnyway(report.arms),
    ...(hasNoCacheRead(report)
      ? [`No cache read happened in "${nameOfArm("stuff_cached")}": what it was billed is no warm cache's price.`]
      : []),
    ...outliers.map(
      ({ baseline }) => `Most of the saving against ${nameOfArm(baseline)} comes from 1 % of the questions.`,
    ),
  ];
}

/** Questions that need no documents make any retrieval look good. */
function answeredAnyway(arms: readonly ArmReport[]): readonly string[] {
  const closed = arms.find(({ id }) => id === "closed_book");
  if (closed === undefined || !(closed.quality.value > 0)) return [];
  const share = `${(100 * closed.quality.value).toFixed(0)} %`;
  return [`${share} of the questions are answered without any documents; they owe nothing to retrieval.`];
}
