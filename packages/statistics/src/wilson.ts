import { z975 } from "./student-t.ts";

/**
 * 95 % score interval of a share. Sensible at 0 and at all successes; 0 … 1 without any trial.
 * @source Wilson: Probable inference, the law of succession, and statistical inference, JASA 22, 1927
 */
export function wilsonInterval(successes: number, trials: number): { readonly low: number; readonly high: number } {
  if (trials === 0) return { low: 0, high: 1 };
  const share = successes / trials;
  const z2 = z975 ** 2;
  const middle = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const half = (z975 / (1 + z2 / trials)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials ** 2));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
