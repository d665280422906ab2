import type { ClaimFeatures } from "@larder/answering";

export interface JudgedExample {
  readonly isSupported: boolean;
  /** One row for each stretch of evidence that may support the statement. */
  readonly windows: readonly ClaimFeatures[];
}

export type FittedWeights = Readonly<Record<string, number>>;

/** Where the fit begins, for what speaks for a statement; the other signs speak against it. */
const starts: Partial<Record<keyof ClaimFeatures, number>> = { coverage: 5, cosine: 2 };

/**
 * Logistic regression by gradient descent, each example represented by the window that supports it best under the
 * weights of the round before. Both labels weigh the same in sum.
 */
export function fitWeights(examples: readonly JudgedExample[], names: readonly (keyof ClaimFeatures)[]): FittedWeights {
  const weights: Record<string, number> = { bias: -3 };
  for (const name of names) weights[name] = starts[name] ?? -2;
  const used = examples.filter(({ windows }) => windows.length > 0);
  const good = used.filter(({ isSupported }) => isSupported).length;
  const shareOf = (isSupported: boolean) => 0.5 / Math.max(1, isSupported ? good : used.length - good);
  const sumOf = (features: ClaimFeatures) =>
    names.reduce((sum, name) => sum + (weights[name] ?? 0) * (features[name] ?? 0), weights.bias ?? 0);
  for (let round = 0; round < 8; round += 1) {
    const rows = used.map(({ windows, isSupported }) => ({
      isSupported,
      features: windows.reduce((best, each) => (sumOf(each) > sumOf(best) ? each : best)),
    }));
    for (let step = 0; step < 1_500; step += 1) {
      const gradient: Record<string, number> = {};
      for (const { features, isSupported } of rows) {
        const error = (1 / (1 + Math.exp(-sumOf(features))) - (isSupported ? 1 : 0)) * shareOf(isSupported);
        gradient.bias = (gradient.bias ?? 0) + error;
        for (const name of names) gradient[name] = (gradient[name] ?? 0) + error * (features[name] ?? 0);
      }
      // A weak pull to zero: some signs never occur with one of the labels.
      for (const name of Object.keys(weights)) {
        weights[name] = (weights[name] ?? 0) - 2 * ((gradient[name] ?? 0) + 0.0005 * (weights[name] ?? 0));
      }
    }
  }
  return weights;
}
