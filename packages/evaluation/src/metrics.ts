/** Gain of each relevant document by its id, > 0. */
export type Gains = ReadonlyMap<string, number>;

/**
 * Normalised discounted cumulative gain of the first `k` ranks, 0 … 1, with linear gain and log2 discount.
 * A query without relevant documents has none to find and scores 0.
 * @source Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4), 2002
 */
export function ndcgAt(k: number, ranking: readonly string[], gains: Gains): number {
  const discounted = (values: readonly number[]): number =>
    values.slice(0, k).reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
  const ideal = discounted([...gains.values()].sort((a, b) => b - a));
  return ideal === 0 ? 0 : discounted(ranking.map((id) => gains.get(id) ?? 0)) / ideal;
}

/** Share of the relevant documents among the first `k` ranks, 0 … 1. */
export function recallAt(k: number, ranking: readonly string[], gains: Gains): number {
  if (gains.size === 0) return 0;
  return ranking.slice(0, k).filter((id) => gains.has(id)).length / gains.size;
}

/** 1 when every relevant document is among the first `k` ranks, else 0: what a question of several hops needs. */
export function allGoldAt(k: number, ranking: readonly string[], gains: Gains): number {
  return gains.size > 0 && recallAt(k, ranking, gains) === 1 ? 1 : 0;
}

/** 1 / rank of the first relevant document within the first `k`; 0 when there is none. */
export function reciprocalRankAt(k: number, ranking: readonly string[], gains: Gains): number {
  const index = ranking.slice(0, k).findIndex((id) => gains.has(id));
  return index === -1 ? 0 : 1 / (index + 1);
}
