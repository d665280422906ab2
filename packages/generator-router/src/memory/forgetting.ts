/**
 * After this time an observation counts half. Chosen arbitrarily: long enough for a model that is asked once a day to be
 * known, short enough for a provider's silent change to be believed within weeks.
 */
export const halfLifeMs = 14 * 86_400_000;

/** What is left of a weight of 1 after this time; 1 for none. */
function remaining(elapsedMs: number): number {
  return elapsedMs <= 0 ? 1 : 2 ** (-elapsedMs / halfLifeMs);
}

/** Sums that fade together. Plain numbers, so that they are kept as JSON. */
export type Sums = Record<string, number>;

/**
 * Sums of weighted observations, each halved with every half-life, as of `atMs`. Fading commutes with adding, so an
 * observation that comes late is worth what it would be had it come in time, and one of negative weight takes an
 * earlier one back exactly.
 */
export interface FadingSums {
  atMs: number;
  sums: Sums;
}

export function createFadingSums(atMs: number): FadingSums {
  return { atMs, sums: {} };
}

export function add(into: FadingSums, atMs: number, weight: number, parts: Readonly<Sums>): void {
  if (atMs > into.atMs) {
    const kept = remaining(atMs - into.atMs);
    for (const name of Object.keys(into.sums)) into.sums[name] = (into.sums[name] ?? 0) * kept;
    into.atMs = atMs;
  }
  const worth = weight * remaining(into.atMs - atMs);
  for (const [name, value] of Object.entries(parts)) into.sums[name] = (into.sums[name] ?? 0) + worth * value;
}

/** As of a later time; 0 for what was never added. */
export function read({ atMs, sums }: FadingSums, name: string, nowMs: number): number {
  return (sums[name] ?? 0) * remaining(nowMs - atMs);
}
