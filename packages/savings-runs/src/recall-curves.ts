import {
  areaOnLogTokens,
  bootstrapMean,
  groupClusters,
  mean,
  quantile,
  seededRandom,
  tokensForRecall,
} from "@larder/statistics";
import type { Observation } from "./observation.ts";
import type { RunQuestion } from "./question-set.ts";
import type { RunRegistration } from "./registration.ts";
import type { Bounds, RecallCurve } from "./report-schema.ts";
import type { BudgetedArmId } from "./run-arms.ts";
import { budgetedArms } from "./run-arms.ts";

/** By question, then budget: what the arm's evidence held and took. */
interface Row {
  readonly cluster: string;
  readonly recalls: readonly number[];
  readonly tokens: readonly number[];
}

/** Evidence recall of every arm that was given budgets, with the tokens that reach 80, 90 and 95 %. */
export function recallCurves(
  registration: RunRegistration,
  questions: readonly RunQuestion[],
  observations: readonly Observation[],
): readonly RecallCurve[] {
  const curves = budgetedArms
    .filter((arm) => registration.arms.includes(arm))
    .flatMap((arm) => {
      const rows = rowsOf(arm, registration, questions, observations);
      return rows.length === 0 ? [] : [curveOf(arm, registration, rows)];
    });
  const areaOf = (arm: BudgetedArmId): number | undefined => curves.find((curve) => curve.arm === arm)?.auc_log;
  const [worst, best] = [areaOf("random_passages"), areaOf("oracle_evidence")];
  return curves.map((curve) => ({ ...curve, skill: skillOf(curve.auc_log, worst, best) }));
}

/** Where 0 is as good as chance and 1 as the gold itself. */
function skillOf(area: number, random: number | undefined, oracle: number | undefined): number | null {
  if (random === undefined || oracle === undefined || oracle <= random) return null;
  return (area - random) / (oracle - random);
}

/** What random draws find in theory: as much as they take of the corpus. */
export function randomClosedFormArea({ budgets, corpus }: RunRegistration): number | null {
  if (corpus.tokens === 0) return null;
  return areaOnLogTokens(budgets.map((tokens) => ({ tokens, recall: Math.min(1, tokens / corpus.tokens) })));
}

function rowsOf(
  arm: BudgetedArmId,
  { budgets }: RunRegistration,
  questions: readonly RunQuestion[],
  observations: readonly Observation[],
): readonly Row[] {
  const held = new Map<string, Observation>();
  for (const observation of observations) {
    if (observation.arm === arm && observation.run === 1)
      held.set(`${observation.budget} ${observation.question}`, observation);
  }
  return questions.flatMap(({ id, cluster }) => {
    const row = budgets.flatMap((budget) => held.get(`${budget} ${id}`) ?? []);
    const recalls = row.flatMap(({ recall }) => (recall === undefined ? [] : [recall]));
    if (recalls.length < budgets.length) return [];
    return [{ cluster, recalls, tokens: row.map(({ evidenceTokens }) => evidenceTokens) }];
  });
}

function curveOf(arm: BudgetedArmId, { budgets, seed }: RunRegistration, rows: readonly Row[]): RecallCurve {
  const clusters = rows.map(({ cluster }) => cluster);
  const points = budgets.map((budget, i) => {
    const at = bootstrapMean({ values: rows.map(({ recalls }) => recalls[i] ?? 0), clusters }, seed);
    return { b_tok: budget, mean: at.mean, ci: bounds(at), spent_tok: mean(rows.map(({ tokens }) => tokens[i] ?? 0)) };
  });
  const curve = points.map(({ b_tok: tokens, mean: recall }) => ({ tokens, recall }));
  const [t80, t90, t95] = [0.8, 0.9, 0.95].map((recall) => tokensForRecall(curve, recall) ?? null);
  return {
    ...{ arm, metric: "evidence_recall", points },
    auc_log: areaOnLogTokens(curve),
    skill: null,
    t80_tok: t80 ?? null,
    t90_tok: t90 ?? null,
    t90_ci: t90 === null ? null : intervalOfT90(budgets, rows, seed),
    t95_tok: t95 ?? null,
  };
}

const resamples = 2_000;

/** By documents redrawn; a bound is `null` where so many resamples do not reach it by the greatest budget. */
function intervalOfT90(budgets: readonly number[], rows: readonly Row[], seed: number): Bounds {
  const random = seededRandom(seed);
  const sums = groupClusters(rows.map(({ cluster }) => cluster)).map((group) => ({
    count: group.length,
    recalls: budgets.map((_, b) => group.reduce((sum, i) => sum + (rows[i]?.recalls[b] ?? 0), 0)),
  }));
  const drawn = Array.from({ length: resamples }, () => {
    const total = budgets.map(() => 0);
    let count = 0;
    for (let n = 0; n < sums.length; n += 1) {
      const cluster = sums[Math.floor(random() * sums.length)];
      count += cluster?.count ?? 0;
      for (const b of budgets.keys()) total[b] = (total[b] ?? 0) + (cluster?.recalls[b] ?? 0);
    }
    const curve = budgets.map((tokens, b) => ({ tokens, recall: (total[b] ?? 0) / Math.max(1, count) }));
    return tokensForRecall(curve, 0.9) ?? Number.POSITIVE_INFINITY;
  });
  const bound = (share: number): number | null => {
    const value = quantile(drawn, share);
    return Number.isFinite(value) ? value : null;
  };
  return [bound(0.025), bound(0.975)];
}

function bounds({ low, high }: { readonly low: number; readonly high: number }): Bounds {
  return [low, high];
}
