/** What a number of tokens reached. */
export interface CurvePoint {
  /** > 0; greater from point to point. */
  readonly tokens: number;
  /** 0 … 1. */
  readonly recall: number;
}

/**
 * The smallest number of tokens from which on the curve stays at or above `recall`, linear in the logarithm of tokens
 * between two points. A curve that is above it everywhere gives its first point's tokens, which is an upper bound;
 * one that ends below it gives `undefined`.
 */
export function tokensForRecall(curve: readonly CurvePoint[], recall: number): number | undefined {
  const lastBelow = curve.findLastIndex((point) => point.recall < recall);
  const below = curve[lastBelow];
  const above = curve[lastBelow + 1];
  if (above === undefined || below === undefined) return above?.tokens;
  const share = (recall - below.recall) / (above.recall - below.recall);
  return Math.exp(Math.log(below.tokens) + share * (Math.log(above.tokens) - Math.log(below.tokens)));
}

/** Mean recall over the logarithm of tokens, trapezoids between the points, 0 … 1; a single point is its own mean. */
export function areaOnLogTokens(curve: readonly CurvePoint[]): number {
  const first = curve[0];
  const last = curve.at(-1);
  if (first === undefined || last === undefined) return 0;
  if (first.tokens === last.tokens) return first.recall;
  let area = 0;
  for (const [i, point] of curve.entries()) {
    const before = curve[i - 1];
    if (before === undefined) continue;
    area += (Math.log(point.tokens / before.tokens) * (point.recall + before.recall)) / 2;
  }
  return area / Math.log(last.tokens / first.tokens);
}
