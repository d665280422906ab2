import { seededRandom } from "@larder/statistics";
import type { RunQuestion } from "./question-set.ts";
import type { RunRegistration } from "./registration.ts";
import { isAsking } from "./registration.ts";
import type { RunArmId } from "./run-arms.ts";
import { isBudgeted } from "./run-arms.ts";

/** One arm at one budget, for one question and run. */
export interface PlannedCell {
  readonly question: RunQuestion;
  readonly arm: RunArmId;
  readonly budget: number | null;
  readonly run: number;
}

/**
 * Everything that a run measures, in the order in which it does: question by question, so that what was measured before
 * a kill is paired; the arms of a question in an order of their own, so that none always finds what another one warmed
 * up. Evidence is the same each time, so it is looked at once whatever `runs` says.
 */
export function planCells(
  registration: RunRegistration,
  questions: readonly RunQuestion[],
  isFeasible: (arm: RunArmId) => boolean,
): readonly PlannedCell[] {
  const { budgets, seed } = registration;
  const runs = isAsking(registration) ? registration.runs : 1;
  const arms = registration.arms.filter(isFeasible);
  const random = seededRandom(seed);
  return questions.flatMap((question) => {
    const ways = arms.flatMap((arm): Pick<PlannedCell, "arm" | "budget">[] =>
      isBudgeted(arm) ? budgets.map((budget) => ({ arm, budget })) : [{ arm, budget: null }],
    );
    const order = shuffled(ways, random);
    return Array.from({ length: runs }, (_, run) => order.map((each) => ({ question, ...each, run: run + 1 }))).flat();
  });
}

/** @source Durstenfeld: Algorithm 235, random permutation, CACM 7(7), 1964 */
function shuffled<T>(values: readonly T[], random: () => number): readonly T[] {
  const left = [...values];
  for (let i = left.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [left[i], left[j]];
    if (a !== undefined && b !== undefined) [left[i], left[j]] = [b, a];
  }
  return left;
}
