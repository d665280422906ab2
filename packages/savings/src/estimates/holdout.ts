import type { CostBasis, HoldoutSide, HoldoutSummary, NanoUsd, Receipt } from "@larder/contracts";
import { inputTokensOf, nanoUsd } from "@larder/contracts";
import { quantile, seededRandom } from "@larder/statistics";
import { weakerBasis } from "../verdict.ts";

/** Documents on each side below which nothing is decided: a handful of questions says anything. */
export const holdoutClustersMin = 30;
const resamples = 2_000;

interface Cluster {
  answers: number;
  usd: number;
}

interface Side {
  readonly clusters: Map<string, Cluster>;
  answers: number;
  inputTokens: number;
  cost: bigint;
  unpricedAnswers: number;
  supportedAnswers: number;
}

/** Sums of the answers that chance divided, by what they took. Failed ones are charged: they were begun like the others. */
export function createHoldoutSums(): { add(receipt: Receipt): void; total(): HoldoutSummary | undefined } {
  const sides = { retrieval: emptySide(), stuffed: emptySide() };
  let basis: CostBasis = "billed";
  return {
    add(receipt) {
      if (receipt.holdout === undefined) return;
      addTo(sides[receipt.holdout.taken], receipt.holdout.cluster, receipt);
      basis = weakerBasis(basis, receipt.costBasis);
    },
    total() {
      const { retrieval, stuffed } = sides;
      return retrieval.answers + stuffed.answers === 0 ? undefined : { ...judge(retrieval, stuffed), basis };
    },
  };
}

function emptySide(): Side {
  return { clusters: new Map(), answers: 0, inputTokens: 0, cost: 0n, unpricedAnswers: 0, supportedAnswers: 0 };
}

function addTo(side: Side, key: string, { usage, cost, verification }: Receipt): void {
  side.answers += 1;
  side.inputTokens += usage === undefined ? 0 : inputTokensOf(usage.tokens);
  if (verification?.isSupported === true) side.supportedAnswers += 1;
  if (cost === undefined) {
    side.unpricedAnswers += 1;
    return;
  }
  side.cost += cost;
  const cluster = side.clusters.get(key) ?? { answers: 0, usd: 0 };
  cluster.answers += 1;
  cluster.usd += Number(cost) / 1e9;
  side.clusters.set(key, cluster);
}

function judge(retrieval: Side, stuffed: Side): Omit<HoldoutSummary, "basis"> {
  const known = { clustersMin: holdoutClustersMin, retrieval: toSide(retrieval), stuffed: toSide(stuffed) };
  const least = Math.min(retrieval.clusters.size, stuffed.clusters.size);
  if (least < holdoutClustersMin) {
    const reason = `One side has ${least} documents with a known cost; ${holdoutClustersMin} are needed on both.`;
    return { ...known, verdict: "not_established", reason };
  }
  const savedUsdPerAnswer = differenceOf([...stuffed.clusters.values()], [...retrieval.clusters.values()]);
  const interval = { ...known, savedUsdPerAnswer };
  if (retrieval.unpricedAnswers + stuffed.unpricedAnswers > 0) {
    return { ...interval, verdict: "not_established", reason: "The cost of some of the answers is not known." };
  }
  const { low, high } = savedUsdPerAnswer;
  if (low > 0) return { ...interval, verdict: "saves", reason: "All of the 95 % interval is above 0." };
  if (high < 0) return { ...interval, verdict: "costs_more", reason: "All of the 95 % interval is below 0." };
  return { ...interval, verdict: "no_measurable_effect", reason: "The 95 % interval holds 0." };
}

function toSide(side: Side): HoldoutSide {
  const { clusters, answers, inputTokens, cost, unpricedAnswers, supportedAnswers } = side;
  const sum: NanoUsd = nanoUsd(cost);
  return { answers, clusters: clusters.size, inputTokens, cost: sum, unpricedAnswers, supportedAnswers };
}

/** Difference of two means of independent sides, whole clusters drawn anew on each. Repeats. */
function differenceOf(a: readonly Cluster[], b: readonly Cluster[]) {
  const random = seededRandom(1);
  const draw = (clusters: readonly Cluster[]) => {
    let [usd, answers] = [0, 0];
    for (let i = 0; i < clusters.length; i += 1) {
      const drawn = clusters[Math.floor(random() * clusters.length)];
      usd += drawn?.usd ?? 0;
      answers += drawn?.answers ?? 0;
    }
    return answers === 0 ? 0 : usd / answers;
  };
  const differences = Array.from({ length: resamples }, () => draw(a) - draw(b));
  return {
    mean: meanOf(a) - meanOf(b),
    low: quantile(differences, 0.025),
    high: quantile(differences, 0.975),
  };
}

function meanOf(clusters: readonly Cluster[]): number {
  const answers = clusters.reduce((sum, each) => sum + each.answers, 0);
  return answers === 0 ? 0 : clusters.reduce((sum, each) => sum + each.usd, 0) / answers;
}
