/** The greatest whole number up to `most` for which it fits, by halving; 0 where none does. Whatever is smaller must fit too. */
export function greatestFitting(most: number, fits: (value: number) => boolean): number {
  let [low, high] = [0, Math.max(0, most)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
