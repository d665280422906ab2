/** Into `kept`, which is sorted and no longer than `most`. */
export function keepFirst(
  kept: number[],
  index: number,
  most: number,
  compare: (a: number, b: number) => number,
): void {
  const last = kept.at(-1);
  if (kept.length === most && (last === undefined || compare(index, last) >= 0)) return;
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(index, kept[middle] as number) < 0) high = middle;
    else low = middle + 1;
  }
  kept.splice(low, 0, index);
  if (kept.length > most) kept.pop();
}
