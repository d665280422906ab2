/**
 * Which of these stand at a place that their numbers do not give them: both of two that were swapped, else the fewest
 * whose removal leaves the others in order (all but a longest ascending run). Equal numbers are in order.
 */
export function findMisplaced<Numbered extends { readonly number: number }>(
  entries: readonly Numbered[],
): readonly Numbered[] {
  if (entries.every(({ number }, index) => index === 0 || (entries[index - 1]?.number ?? 0) <= number)) return [];
  const sorted = entries.toSorted((a, b) => a.number - b.number);
  const elsewhere = entries.filter(({ number }, index) => sorted[index]?.number !== number);
  return elsewhere.length === 2 ? elsewhere : outsideLongestRun(entries);
}

/** Patience sorting: `tails[k]` is the smallest end of an ascending run of k + 1 entries. O(n log n). */
function outsideLongestRun<Numbered extends { readonly number: number }>(
  entries: readonly Numbered[],
): readonly Numbered[] {
  const tails: number[] = [];
  const before: number[] = [];
  const numberAt = (index: number | undefined) => (index === undefined ? 0 : (entries[index]?.number ?? 0));
  for (const [index, { number }] of entries.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (numberAt(tails[middle]) <= number) low = middle + 1;
      else high = middle;
    }
    before[index] = low === 0 ? -1 : (tails[low - 1] ?? -1);
    tails[low] = index;
  }
  const run = new Set<number>();
  for (let index = tails.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) run.add(index);
  return entries.filter((_, index) => !run.has(index));
}
