/** How well a text has the words of another: shares of words, each counted as often as it comes, order apart. */
export interface TokenOverlap {
  readonly precision: number;
  readonly recall: number;
  /** Harmonic mean of the two; 1 for the same words, 0 without a common one. */
  readonly f1: number;
}

/**
 * Compares two texts as multisets of words (runs of letters, marks and digits after NFKC, lower case). Two texts without
 * words are alike.
 *
 * @source Rajpurkar et al.: SQuAD, 2016, arXiv:1606.05250, section 6.1, where answers are compared this way
 */
export function tokenOverlap(text: string, reference: string): TokenOverlap {
  const expected = countWords(reference);
  const found = countWords(text);
  let common = 0;
  for (const [word, times] of found.counts) common += Math.min(times, expected.counts.get(word) ?? 0);
  const precision = found.total === 0 ? 0 : common / found.total;
  const recall = expected.total === 0 ? 0 : common / expected.total;
  if (found.total === 0 && expected.total === 0) return { precision: 1, recall: 1, f1: 1 };
  return { precision, recall, f1: common === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

function countWords(text: string): { readonly counts: ReadonlyMap<string, number>; readonly total: number } {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [word] of text
    .normalize("NFKC")
    .toLowerCase()
    .matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    total += 1;
  }
  return { counts, total };
}
