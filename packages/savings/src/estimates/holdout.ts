import type { CostBasis, HoldoutQuality, HoldoutSide, HoldoutSummary, NanoUsd, Receipt } from "@larder/contracts";
import { inputTokensOf, nanoUsd } from "@larder/contracts";
import { expandedBounds, independentNonInferiority, seededRandom } from "@larder/statistics";
import { weakerBasis } from "../verdict.ts";

/** Documents on each side below which nothing is decided: a handful of questions says anything. */
export const holdoutClustersMin = 30;
/** Of supported answers, below which a loss of quality is none: the margin of measured runs, and fixed like theirs. */
const holdoutMargin = 0.02;
const resamples = 10_000;

interface Cluster {
  answers: number;
  usd: number;
}

interface Side {
  readonly clusters: Map<string, Cluster>;
  /** Of each answer 1 if it is supported, and whose document it is. */
  readonly quality: { readonly values: number[]; readonly clusters: string[] };
  /** Answers that a model wrote and nothing checked. */
  uncheckedAnswers: number;
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
  return {
    clusters: new Map(),
    quality: { values: [], clusters: [] },
    ...{ answers: 0, inputTokens: 0, cost: 0n },
    ...{ unpricedAnswers: 0, supportedAnswers: 0, uncheckedAnswers: 0 },
  };
}

function addTo(side: Side, key: string, { usage, cost, verification, basis, errorCode }: Receipt): void {
  side.answers += 1;
  side.quality.values.push(verification?.isSupported === true ? 1 : 0);
  side.quality.clusters.push(key);
  if (basis === "generated" && errorCode === undefined && verification === undefined) side.uncheckedAnswers += 1;
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

/** Quality first, as measured runs do: a loss is a loss at any quality, a saving only where quality surely holds. */
function judge(retrieval: Side, stuffed: Side): Omit<HoldoutSummary, "basis"> {
  const quality = qualityOf(retrieval, stuffed);
  const known = { clustersMin: holdoutClustersMin, retrieval: toSide(retrieval), stuffed: toSide(stuffed), quality };
  const least = Math.min(retrieval.clusters.size, stuffed.clusters.size);
  if (least < holdoutClustersMin) {
    const reason = `One side has ${least} documents with a known cost; ${holdoutClustersMin} are needed on both.`;
    return { ...known, verdict: "not_established", reason };
  }
  const { sureLow, sureHigh, ...savedUsdPerAnswer } = differenceOf(
    [...stuffed.clusters.values()],
    [...retrieval.clusters.values()],
  );
  const interval = { ...known, savedUsdPerAnswer };
  if (retrieval.unpricedAnswers + stuffed.unpricedAnswers > 0) {
    return { ...interval, verdict: "not_established", reason: "The cost of some of the answers is not known." };
  }
  if (sureLow <= 0 && sureHigh >= 0) {
    return { ...interval, verdict: "no_measurable_effect", reason: "The difference in money may be none." };
  }
  if (sureHigh < 0)
    return { ...interval, verdict: "costs_more", reason: "Retrieval surely costs more, at any quality." };
  if (!quality.isEstablished) return { ...interval, verdict: "not_established", reason: reasonOf(quality) };
  const reason = `Support is at worst ${points(quality.lower)}, within the margin of ${points(holdoutMargin)}; money is surely saved.`;
  return { ...interval, verdict: "saves", reason };
}

function qualityOf(retrieval: Side, stuffed: Side): HoldoutQuality {
  const uncheckedAnswers = retrieval.uncheckedAnswers + stuffed.uncheckedAnswers;
  const compared = independentNonInferiority(retrieval.quality, stuffed.quality, holdoutMargin);
  return {
    margin: holdoutMargin,
    ...compared,
    uncheckedAnswers,
    isEstablished: compared.isEstablished && uncheckedAnswers === 0,
  };
}

function reasonOf({ delta, lower, uncheckedAnswers }: HoldoutQuality): string {
  if (uncheckedAnswers > 0)
    return `${uncheckedAnswers} answers were not checked, so nobody knows what the saving costs in quality.`;
  return `Support differs by ${points(delta)}, and may be as low as ${points(lower)}: more than the margin of ${points(holdoutMargin)} allows.`;
}

function points(difference: number): string {
  return Number.isFinite(difference) ? `${(100 * difference).toFixed(1)} points` : "unknown";
}

function toSide(side: Side): HoldoutSide {
  const { clusters, answers, inputTokens, cost, unpricedAnswers, supportedAnswers } = side;
  const sum: NanoUsd = nanoUsd(cost);
  return { answers, clusters: clusters.size, inputTokens, cost: sum, unpricedAnswers, supportedAnswers };
}

/**
 * Difference of two means of independent sides, whole clusters drawn anew on each: the 95 % interval, and bounds with
 * 99 % certainty each for the verdict. Repeats.
 */
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
  const differences = Float64Array.from({ length: resamples }, () => draw(a) - draw(b)).sort();
  const clusterCount = Math.min(a.length, b.length);
  const sure = expandedBounds(differences, clusterCount, 0.99);
  return {
    mean: meanOf(a) - meanOf(b),
    ...expandedBounds(differences, clusterCount),
    ...{ sureLow: sure.low, sureHigh: sure.high },
  };
}

function meanOf(clusters: readonly Cluster[]): number {
  const answers = clusters.reduce((sum, each) => sum + each.answers, 0);
  return answers === 0 ? 0 : clusters.reduce((sum, each) => sum + each.usd, 0) / answers;
}
