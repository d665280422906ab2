/**
 * Exact two-sided McNemar test of paired outcomes: `onlyA` questions that only A got right, `onlyB` only B. The p-value
 * that such a split, or a more uneven one, comes from a fair coin; 1 where the two never differ. `O(onlyA + onlyB)`.
 * @source McNemar: Note on the sampling error of the difference between correlated proportions, Psychometrika 12, 1947
 */
export function exactMcNemar(onlyA: number, onlyB: number): number {
  const discordant = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  let logChoose = 0;
  let sum = 0;
  for (let k = 0; k <= fewer; k += 1) {
    if (k > 0) logChoose += Math.log((discordant - k + 1) / k);
    sum += Math.exp(logChoose - discordant * Math.LN2);
  }
  return Math.min(1, 2 * sum);
}
