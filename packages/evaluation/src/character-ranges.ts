/** Half-open, in UTF-16 code units of one document of the set. */
export interface DocumentRange {
  /** The set's id. */
  readonly documentId: string;
  readonly start: number;
  readonly end: number;
}

/** Characters of all ranges, those that lie in several counted as often. */
export function lengthOf(ranges: readonly DocumentRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + Math.max(0, end - start), 0);
}

/** The same characters as ranges that neither overlap nor touch, ordered by document, then by place. `O(n log n)`. */
export function uniteRanges(ranges: readonly DocumentRange[]): readonly DocumentRange[] {
  const inOrder = ranges
    .filter(({ start, end }) => end > start)
    .toSorted((a, b) => (a.documentId === b.documentId ? a.start - b.start : a.documentId < b.documentId ? -1 : 1));
  const united: { documentId: string; start: number; end: number }[] = [];
  for (const { documentId, start, end } of inOrder) {
    const last = united.at(-1);
    if (last?.documentId === documentId && start <= last.end) last.end = Math.max(last.end, end);
    else united.push({ documentId, start, end });
  }
  return united;
}

/** How many characters lie in both; each character once. */
export function sharedLength(a: readonly DocumentRange[], b: readonly DocumentRange[]): number {
  const others = uniteRanges(b);
  let shared = 0;
  for (const range of uniteRanges(a)) {
    for (const other of others) {
      if (other.documentId !== range.documentId) continue;
      shared += Math.max(0, Math.min(range.end, other.end) - Math.max(range.start, other.start));
    }
  }
  return shared;
}
