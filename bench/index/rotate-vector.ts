/**
 * Turns vectors by a random orthogonal map in `O(d log d)`: two rounds of random signs and a Hadamard transform. So the
 * axes of a covariance are not the axes of the numbers, which would favour peers that quantise each number by itself.
 *
 * @source Ailon, Chazelle: The fast Johnson–Lindenstrauss transform and approximate nearest neighbors, 2009,
 * doi:10.1137/060673096
 */
export class VectorRotation {
  readonly #signs: readonly Float32Array[];
  readonly #scale: number;

  /** @param dimensions - A power of two. @param random - Even in [0, 1) */
  constructor(dimensions: number, random: () => number) {
    if (!Number.isInteger(Math.log2(dimensions))) throw new Error(`${dimensions} dimensions are no power of two`);
    const signs = (): Float32Array => Float32Array.from({ length: dimensions }, () => (random() < 0.5 ? -1 : 1));
    this.#signs = [signs(), signs()];
    this.#scale = 1 / Math.sqrt(dimensions);
  }

  /** In place. Lengths and angles stay. */
  apply(vector: Float32Array): void {
    for (const signs of this.#signs) {
      for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) * (signs[i] ?? 1) * this.#scale;
      transformHadamard(vector);
    }
  }
}

function transformHadamard(vector: Float32Array): void {
  for (let half = 1; half < vector.length; half *= 2) {
    for (let block = 0; block < vector.length; block += 2 * half) {
      for (let i = block; i < block + half; i++) {
        const a = vector[i] ?? 0;
        const b = vector[i + half] ?? 0;
        vector[i] = a + b;
        vector[i + half] = a - b;
      }
    }
  }
}
