/** Half-open ranges of at most `size` that cover `0 … count` in order; none for zero. */
export function planBatches(count: number, size: number): readonly { readonly start: number; readonly end: number }[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => ({
    start: i * size,
    end: Math.min(count, (i + 1) * size),
  }));
}
