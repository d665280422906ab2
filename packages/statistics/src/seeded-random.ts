/**
 * Numbers in 0 … 1, the same sequence for one seed.
 * @source Marsaglia: Xorshift RNGs, Journal of Statistical Software 8(14), 2003, the triple (13, 17, 5)
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}
