/** Where values lie between 0 and 1 along an axis, and at which of them a tick helps the eye. */
export interface NumberScale {
  share(value: number): number;
  readonly ticks: readonly number[];
}

/** Even steps of 1, 2 or 5 times a power of ten, about `count` of them, from below the least value to above the most. */
export function linearScale(values: readonly number[], count = 5): NumberScale {
  const known = values.filter(Number.isFinite);
  const [least, most] = known.length === 0 ? [0, 1] : [Math.min(...known), Math.max(...known)];
  const span = most > least ? most - least : Math.abs(most) || 1;
  const step = roundStep(span / count);
  const low = Math.floor(least / step) * step;
  const high = Math.max(low + step, Math.ceil(most / step) * step);
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) =>
    Number((low + i * step).toPrecision(12)),
  );
  return { ticks, share: (value) => (value - low) / (high - low) };
}

/** Even steps of the logarithm, for values above 0; ticks at 1, 2 and 5 times powers of ten. */
export function logScale(values: readonly number[]): NumberScale {
  const known = values.filter((value) => Number.isFinite(value) && value > 0);
  const [least, most] = known.length === 0 ? [1, 10] : [Math.min(...known), Math.max(...known)];
  const low = Math.log10(least) - 0.02;
  const high = Math.max(low + 0.1, Math.log10(most) + 0.02);
  const ticks = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power += 1) {
    for (const digit of [1, 2, 5]) {
      const tick = digit * 10 ** power;
      if (Math.log10(tick) >= low && Math.log10(tick) <= high) ticks.push(Number(tick.toPrecision(6)));
    }
  }
  return { ticks, share: (value) => (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low) };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = rough / power;
  return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}
