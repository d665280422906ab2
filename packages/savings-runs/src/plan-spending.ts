import type { NanoUsd, TokenCounter } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import type { OfferedArm } from "./arms/knowledge-base-arms.ts";
import { judgeOutputTokensMax, judgePrompt } from "./judge-quality.ts";
import { planCells } from "./plan-cells.ts";
import type { RunQuestion } from "./question-set.ts";
import type { RunRegistration } from "./registration.ts";
import { isAsking } from "./registration.ts";
import type { RunArmId } from "./run-arms.ts";
import type { Asker } from "./run-ports.ts";
import { evidenceAllowance, promptTokensOf, writeRunPrompt } from "./run-prompt.ts";

export interface SpendingPlan {
  /** Questions that would be sent to the model, and to the judge. */
  readonly calls: number;
  readonly judgeCalls: number;
  /** Most that all of them can come to; absent when a price is not known. */
  readonly costMax?: NanoUsd;
  readonly byArm: readonly { readonly arm: RunArmId; readonly calls: number; readonly costMax?: NanoUsd }[];
}

interface PlanParts {
  readonly arms: readonly OfferedArm[];
  readonly counter: TokenCounter;
  readonly asker?: Asker;
  readonly judge?: Asker;
}

/**
 * The most that a run can spend, found without sending or retrieving anything: evidence takes its whole budget and
 * what titles add, answers all that they may, and no cache helps.
 */
export function planSpending(
  registration: RunRegistration,
  questions: readonly RunQuestion[],
  { arms, counter, asker, judge }: PlanParts,
): SpendingPlan {
  if (!isAsking(registration) || asker === undefined)
    return { calls: 0, judgeCalls: 0, costMax: nanoUsd(0n), byArm: [] };
  const known = new Map(arms.map((arm) => [arm.id, arm]));
  const cells = planCells(registration, questions, (id) => {
    const arm = known.get(id);
    return arm !== undefined && arm.infeasible === undefined;
  });
  const byArm = new Map<RunArmId, { calls: number; cost: bigint | undefined }>();
  for (const { arm: id, budget, question } of cells) {
    const evidence = budget ?? known.get(id)?.evidenceTokensMax ?? 0;
    const bare = promptTokensOf(writeRunPrompt(id, question, []), counter);
    const worst = asker.worstCost(bare + evidenceAllowance(evidence), registration.outputTokensMax);
    const sum = byArm.get(id) ?? { calls: 0, cost: 0n };
    const cost = sum.cost === undefined || worst === undefined ? undefined : sum.cost + worst;
    byArm.set(id, { calls: sum.calls + 1, cost });
  }
  const isJudged = registration.metric === "judge" && judge !== undefined;
  const judged = isJudged ? 2 * cells.length : 0; // each at most twice
  const judging = isJudged ? judgeCostMax(registration, questions, judge, counter, judged) : 0n;
  const costs = [...[...byArm.values()].map(({ cost }) => cost), judging];
  const total = costs.reduce<bigint | undefined>(
    (sum, cost) => (sum === undefined || cost === undefined ? undefined : sum + cost),
    0n,
  );
  return {
    calls: cells.length,
    judgeCalls: judged,
    ...(total === undefined ? {} : { costMax: nanoUsd(total) }),
    byArm: [...byArm].map(([arm, { calls, cost }]) => ({
      arm,
      calls,
      ...(cost === undefined ? {} : { costMax: nanoUsd(cost) }),
    })),
  };
}

function judgeCostMax(
  { outputTokensMax }: RunRegistration,
  questions: readonly RunQuestion[],
  judge: Asker,
  counter: TokenCounter,
  calls: number,
): bigint | undefined {
  const longest = questions.reduce((most, question) => {
    return Math.max(most, promptTokensOf(judgePrompt(question, ""), counter));
  }, 0);
  const one = judge.worstCost(longest + outputTokensMax, judgeOutputTokensMax);
  return one === undefined ? undefined : one * BigInt(calls);
}
