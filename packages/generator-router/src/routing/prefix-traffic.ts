/** Arrivals that are remembered for each prefix; beyond it the chance of a hit is 1 for every purpose. */
const arrivalsMax = 32;
/** Prefixes of models that are remembered; the one that was sent longest ago is forgotten first. */
const prefixesMax = 4_096;

/** Our own recent requests with a stable prefix, by model and prefix: what the provider's cache may still hold. */
export interface PrefixTraffic {
  /** @param prefixId - Absent: the one prefix that requests without a name are taken to share. */
  record(provider: string, model: string, atMs: number, prefixId?: string): void;
  /**
   * Chance that the prefix is still cached: `1 − e^(−n)` for `n` arrivals within the last `ttlMs`; exactly 0 for none.
   * @source Poisson arrivals and a time to live that each use renews: `h = 1 − e^(−λτ)`, with `n` for `λτ`
   */
  hitProbability(provider: string, model: string, ttlMs: number, nowMs: number, prefixId?: string): number;
}

/** Times are milliseconds of one monotonic clock. Memory is bounded by the two constants above. */
export function createPrefixTraffic(): PrefixTraffic {
  const arrivals = new Map<string, number[]>();
  return {
    record(provider, model, atMs, prefixId = "") {
      const key = `${provider}/${model}\n${prefixId}`;
      const times = arrivals.get(key) ?? [];
      times.push(atMs);
      if (times.length > arrivalsMax) times.shift();
      arrivals.delete(key);
      arrivals.set(key, times); // the newest last
      const [oldest] = arrivals.keys();
      if (arrivals.size > prefixesMax && oldest !== undefined) arrivals.delete(oldest);
    },
    hitProbability(provider, model, ttlMs, nowMs, prefixId = "") {
      if (arrivals.size === 0) return 0;
      const times = arrivals.get(`${provider}/${model}\n${prefixId}`);
      const recent = times?.filter((atMs) => nowMs - atMs <= ttlMs).length ?? 0;
      return recent === 0 ? 0 : 1 - Math.exp(-recent);
    },
  };
}
