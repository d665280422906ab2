import { lambertWOfLog } from "./lambert-w.ts";

/**
 * What buying has brought by month t, against paying the API:
 *
 *     A(t) = a·(1 - e^(-kt))/k - m·t - H
 *
 * a is the first month's API bill, k by how much its price falls a month less by how much the volume grows, m the
 * monthly cost of running the machine, H what it took to have it. With c = (a - kH)/m, z = -(a/m)·e^(-c):
 *
 *     first break-even  (c + W₋₁(z))/k        under water again  (c + W₀(z))/k
 *
 * A falling price (k > 0) breaks even only if a > m and a - m - m·ln(a/m) >= kH, which says that the peak at
 * ln(a/m)/k is not below zero. At that month the bill has fallen to the running cost: the last one to switch off.
 * Under a rising price (k < 0) the same formula has one root, on the lower branch, and no peak.
 *
 * Dollars and months are doubles here: these are forecasts, and are never added to what was billed.
 */
export interface AdvantageTerms {
  /** The API's bill of the first month, >= 0. */
  readonly billUsd: number;
  /** Running the machine for a month, >= 0. */
  readonly runningUsd: number;
  /** Buying it and setting it up, >= 0. */
  readonly capexUsd: number;
  /** k: decline of the price less growth of the volume. Below 0 the bill grows. */
  readonly declinePerMonth: number;
}

export interface BreakEven {
  readonly exists: boolean;
  /** `null`: never. */
  readonly firstMonths: number | null;
  /** The second root; `null` where the advantage is never lost again. */
  readonly underWaterMonths: number | null;
  /** When the bill has fallen to the running cost: 0 where it always was, `null` where it never does. */
  readonly peakMonths: number | null;
  /** The most that buying ever brings; `null` where it grows without end. */
  readonly peakUsd: number | null;
}

export function advantageAt({ billUsd, runningUsd, capexUsd, declinePerMonth }: AdvantageTerms, months: number) {
  return billUsd * discountedMonths(declinePerMonth, months) - runningUsd * months - capexUsd;
}

/** (1 - e^(-kt))/k, and t where k is 0: how many months of the first bill t months come to. */
function discountedMonths(declinePerMonth: number, months: number): number {
  return declinePerMonth === 0 ? months : -Math.expm1(-declinePerMonth * months) / declinePerMonth;
}

const open: BreakEven = { exists: true, firstMonths: null, underWaterMonths: null, peakMonths: null, peakUsd: null };

/** The bill is at or below the running cost from the start, and never above it. */
const sinking = ({ capexUsd }: AdvantageTerms): BreakEven => ({
  ...open,
  exists: false,
  peakMonths: 0,
  peakUsd: capexUsd === 0 ? 0 : -capexUsd,
});

export function breakEvenOf(terms: AdvantageTerms): BreakEven {
  const { billUsd: a, runningUsd: m, capexUsd, declinePerMonth: k } = terms;
  if (a <= 0) return sinking(terms);
  // Also where a decline and a growth that cancel leave a rounding error: the formula would divide by it.
  if (Math.abs(k) < flatMost) return a > m ? from(polish(terms, capexUsd / (a - m))) : sinking(terms);
  if (m < a * slightShare) return withoutRunningCost(terms);
  const overBranch = (a - m - k * capexUsd) / m - Math.log(a / m); // 0 where both roots are one
  const c = (a - k * capexUsd) / m;
  if (k < 0) return from(polish(terms, (c + lambertWOfLog("lower", -1 - overBranch)) / k));
  if (a <= m) return sinking(terms);
  const peakMonths = Math.log(a / m) / k;
  const peakUsd = (a - m) / k - (m / k) * Math.log(a / m) - capexUsd;
  if (overBranch < 0) return { ...open, exists: false, peakMonths, peakUsd };
  const [first, second] = [
    lambertWOfLog("lower", -1 - overBranch),
    lambertWOfLog("principal", -1 - overBranch),
  ] as const;
  return {
    exists: true,
    firstMonths: Math.max(0, polish(terms, (c + first) / k)),
    underWaterMonths: polish(terms, (c + second) / k),
    peakMonths,
    peakUsd,
  };
}

/** Price moves this slow come to nothing in any machine's life. */
const flatMost = 1e-9;
/** Of the bill: a running cost below it is under water again only after a thousand million months, and c overflows. */
const slightShare = 1e-9;

const from = (months: number): BreakEven => ({ ...open, firstMonths: Math.max(0, months) });

function withoutRunningCost(terms: AdvantageTerms): BreakEven {
  const { billUsd: a, capexUsd, declinePerMonth: k } = terms;
  const share = (k * capexUsd) / a;
  const peakUsd = k > 0 ? a / k - capexUsd : null;
  return share < 1 ? { ...from(polish(terms, -Math.log1p(-share) / k)), peakUsd } : { ...open, exists: false, peakUsd };
}

/** Two steps of Newton's: for a small k the closed form is a small difference of large numbers. */
function polish(terms: AdvantageTerms, months: number): number {
  let t = months;
  for (let i = 0; i < 2; i += 1) {
    const slope = terms.billUsd * Math.exp(-terms.declinePerMonth * t) - terms.runningUsd;
    const step = advantageAt(terms, t) / slope;
    // Where both roots meet the slope is nothing, and the closed form is as good as it gets.
    if (!Number.isFinite(step) || Math.abs(step) > 1e-3 * (1 + Math.abs(t))) return t;
    t -= step;
  }
  return t;
}

/** The smallest first bill with any break-even. Just above it there is one; with a rising price every bill has one. */
export function hurdleBillUsd({
  runningUsd: m,
  capexUsd,
  declinePerMonth: k,
}: Omit<AdvantageTerms, "billUsd">): number {
  if (k < 0) return 0;
  if (k === 0) return m;
  if (m === 0) return k * capexUsd;
  return -m * lambertWOfLog("lower", -1 - (k * capexUsd) / m);
}

/** What staying able to switch is worth over `months`: the bill at today's price for ever, less the falling one. */
export function optionValueUsd(
  { billUsd, growthPerMonth, declinePerMonth }: { billUsd: number; growthPerMonth: number; declinePerMonth: number },
  months: number,
): number {
  const fixed = discountedMonths(-growthPerMonth, months);
  return billUsd * (fixed - discountedMonths(declinePerMonth - growthPerMonth, months));
}
