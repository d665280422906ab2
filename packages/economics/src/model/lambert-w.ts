/**
 * The real branches of Lambert's W, the inverse of w·eʷ, below zero: where -1/e <= x < 0 there are two of them.
 *
 * With u = -w and x = -e^L the equation is u - ln u = -L. The left side is convex with its minimum 1 at u = 1, so
 * Newton's method comes down to each root from its own side without ever passing it. Taking L instead of x keeps the
 * lower branch exact where x itself is too small for a double (L below -745).
 * Cost: about six steps; the start is a series at the branch point and an asymptote far from it.
 *
 * @source Corless, Gonnet, Hare, Jeffrey, Knuth: On the Lambert W function, Advances in Computational Mathematics 5,
 * 1996, doi:10.1007/BF02124750, equations 4.18 to 4.22 for the starts
 */

/** `principal`: W₀, from -1 to 0. `lower`: W₋₁, from -1 down. */
export type LambertBranch = "principal" | "lower";

const stepsMax = 60;

/** W of x on a branch. NaN outside -1/e … 0, save that W₀ goes on for x >= 0. At 0 the lower branch is -Infinity. */
export function lambertW(branch: LambertBranch, x: number): number {
  if (x > 0) return branch === "principal" ? principalAbove(x) : Number.NaN;
  if (x === 0) return branch === "principal" ? 0 : Number.NEGATIVE_INFINITY;
  return lambertWOfLog(branch, Math.log(-x));
}

/** W of -e^`logOfMinusX`; NaN where that is below -1/e, a rounding error aside. */
export function lambertWOfLog(branch: LambertBranch, logOfMinusX: number): number {
  const overBranch = -1 - logOfMinusX; // 0 at the branch point, where both are -1
  if (Number.isNaN(overBranch) || overBranch < -1e-14) return Number.NaN;
  if (overBranch <= 0) return -1;
  if (branch === "principal" && logOfMinusX < -700) return -Math.exp(logOfMinusX); // w = x to the last digit
  let u = start(branch, overBranch);
  for (let i = 0; i < stepsMax; i += 1) {
    const next = u - (u - 1 - Math.log(u) - overBranch) / (1 - 1 / u);
    if (!Number.isFinite(next) || next <= 0) return -u;
    const isDone = Math.abs(next - u) <= 2e-16 * next;
    u = next;
    if (isDone) break;
  }
  return -u;
}

/**
 * `overBranch` is u - ln u - 1. Each start is on the side of its root from which Newton's steps do not pass it.
 * @source Chatzigeorgiou: Bounds on the Lambert function, IEEE Communications Letters 17(8), 2013, for the lower branch
 */
function start(branch: LambertBranch, overBranch: number): number {
  if (branch === "lower") return 1 + Math.sqrt(2 * overBranch) + overBranch;
  return Math.exp(-1 - overBranch); // u = e^(L + u) > e^L
}

/** Halley's method on w·eʷ = x for x > 0. */
function principalAbove(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return x;
  let w = x < 1 ? x / (1 + x) : Math.log(x) - Math.log(Math.max(1, Math.log(x)));
  for (let i = 0; i < stepsMax; i += 1) {
    const grown = Math.exp(w);
    const error = w * grown - x;
    const step = error / (grown * (w + 1) - ((w + 2) * error) / (2 * w + 2));
    w -= step;
    if (Math.abs(step) <= 2e-16 * Math.abs(w)) break;
  }
  return w;
}
