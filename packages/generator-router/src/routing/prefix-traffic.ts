/** Arrivals that are remembered for each model; beyond it the chance of a hit is 1 for every purpose. */
const arrivalsMax = 32;

/** Our own recent requests with a stable prefix, by model: what the provider's cache may still hold. */
export interface PrefixTraffic {
  record(provider: string, model: string, atMs: number): void;
  /**
   * Chance that the prefix is still cached: `1 − e^(−n)` for `n` arrivals within the last `ttlMs`; exactly 0 for none.
   * @source Poisson arrivals and a time to live that each use renews: `h = 1 − e^(−λτ)`, with `n` for `λτ`
   */
  hitProbability(provider: string, model: string, ttlMs: number, nowMs: number): number;
}

/** Times are milliseconds of one monotonic clock. Memory is bounded by the number of models. */
export function createPrefixTraffic(): PrefixTraffic {
  const arrivals = new Map<string, number[]>();
  return {
    record(provider, model, atMs) {
      const key = `${provider}/${model}`;
      const times = arrivals.get(key) ?? [];
      times.push(atMs);
      if (times.length > arrivalsMax) times.shift();
      arrivals.set(key, times);
    },
    hitProbability(provider, model, ttlMs, nowMs) {
      if (arrivals.size === 0) return 0;
      const times = arrivals.get(`${provider}/${model}`);
      const recent = times?.filter((atMs) => nowMs - atMs <= ttlMs).length ?? 0;
      return recent === 0 ? 0 : 1 - Math.exp(-recent);
    },
  };
}
