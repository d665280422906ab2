/** 97.5 % quantile of the normal distribution. */
export const z975 = 1.959963984540054;

/** Cumulative standard normal distribution, within 1.5e-7. @source Abramowitz, Stegun: Handbook, 1964, 7.1.26 */
export function normalCumulative(x: number): number {
  const u = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * u);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const upper = (series * Math.exp(-u * u)) / 2;
  return x >= 0 ? 1 - upper : upper;
}

/** One-sided certainties that intervals are made with, and the normal distribution's quantile of each. */
const normalQuantiles = { 0.975: z975, 0.99: 2.3263478740408408 } as const;
export type Certainty = keyof typeof normalQuantiles;

/**
 * Quantile of Student's t. Infinity below one degree of freedom: nothing is known.
 * @source Abramowitz, Stegun: Handbook, 1964, 26.7.5, exact at 1 and 2 degrees; within 0.02 at 3, 0.003 from 5 on
 */
export function studentT(certainty: Certainty, degrees: number): number {
  if (degrees < 1) return Number.POSITIVE_INFINITY;
  if (degrees === 1) return Math.tan(Math.PI * (certainty - 0.5));
  if (degrees === 2) return (2 * certainty - 1) * Math.sqrt(2 / (4 * certainty * (1 - certainty)));
  const [z, n] = [normalQuantiles[certainty], degrees];
  return (
    z +
    (z ** 3 + z) / (4 * n) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * n ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * n ** 3) +
    (79 * z ** 9 + 776 * z ** 7 + 1_482 * z ** 5 - 1_920 * z ** 3 - 945 * z) / (92_160 * n ** 4)
  );
}
