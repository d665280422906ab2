/** How often two series of judgements of the same things agree, and how far beyond chance. */
export interface Agreement {
  readonly pairs: number;
  /** 0 … 1; 1 without a pair. */
  readonly agreement: number;
  /** At most 1; 0 is what chance gives. 1 where both say the same of everything. */
  readonly kappa: number;
}

/** @source Cohen: A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20, 1960 */
export function cohenKappa(pairs: readonly (readonly [boolean, boolean])[]): Agreement {
  const count = pairs.length;
  if (count === 0) return { pairs: 0, agreement: 1, kappa: 1 };
  const agreement = pairs.filter(([a, b]) => a === b).length / count;
  const yesA = pairs.filter(([a]) => a).length / count;
  const yesB = pairs.filter(([, b]) => b).length / count;
  const chance = yesA * yesB + (1 - yesA) * (1 - yesB);
  return { pairs: count, agreement, kappa: chance === 1 ? 1 : (agreement - chance) / (1 - chance) };
}
