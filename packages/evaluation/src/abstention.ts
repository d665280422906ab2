/**
 * Area under the ROC curve: how often an answerable question's confidence is greater than an unanswerable one's, ties
 * counting half. 0.5 is chance; 0.5 as well when one side is empty. `O(n log n)`.
 */
export function areaUnderRoc(answerable: readonly number[], unanswerable: readonly number[]): number {
  if (answerable.length === 0 || unanswerable.length === 0) return 0.5;
  const all = [
    ...answerable.map((confidence) => ({ confidence, isAnswerable: true })),
    ...unanswerable.map((confidence) => ({ confidence, isAnswerable: false })),
  ].sort((a, b) => a.confidence - b.confidence);
  let rankSum = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.confidence === all[from]?.confidence) to += 1;
    const meanRank = (from + 1 + to) / 2;
    rankSum += meanRank * all.slice(from, to).filter(({ isAnswerable }) => isAnswerable).length;
    from = to;
  }
  const n = answerable.length;
  return (rankSum - (n * (n + 1)) / 2) / (n * unanswerable.length);
}

/**
 * Share of the unanswerable questions that would be answered at the confidence that still answers `coverage` of the
 * answerable ones. 0 when a side is empty.
 */
export function falseAnswerRate(
  answerable: readonly number[],
  unanswerable: readonly number[],
  coverage: number,
): number {
  if (answerable.length === 0 || unanswerable.length === 0) return 0;
  const descending = answerable.toSorted((a, b) => b - a);
  const threshold = descending[Math.max(0, Math.ceil(coverage * descending.length) - 1)] ?? 0;
  return unanswerable.filter((confidence) => confidence >= threshold).length / unanswerable.length;
}
