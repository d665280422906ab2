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

interface Arrivals {
  readonly provider: string;
  readonly model: string;
  readonly prefixId: string;
  readonly times: number[];
}

/**
 * Times are milliseconds of one monotonic clock. Memory is bounded by the two constants above. A decision asks for
 * hundreds of models, so it is looked up step by step: joining the three names would cost more than all the rest.
 */
export function createPrefixTraffic(): PrefixTraffic {
  const places = new Map<string, Map<string, Map<string, Arrivals>>>(); // prefix, provider, model
  const byAge = new Set<Arrivals>(); // the newest last
  const forget = ({ provider, model, prefixId }: Arrivals) => {
    const providers = places.get(prefixId);
    const models = providers?.get(provider);
    models?.delete(model);
    if (models?.size === 0) providers?.delete(provider);
    if (providers?.size === 0) places.delete(prefixId);
  };
  return {
    record(provider, model, atMs, prefixId = "") {
      const providers = places.get(prefixId) ?? new Map<string, Map<string, Arrivals>>();
      const models = providers.get(provider) ?? new Map<string, Arrivals>();
      const arrivals = models.get(model) ?? { provider, model, prefixId, times: [] };
      places.set(prefixId, providers);
      providers.set(provider, models);
      models.set(model, arrivals);
      arrivals.times.push(atMs);
      if (arrivals.times.length > arrivalsMax) arrivals.times.shift();
      byAge.delete(arrivals);
      byAge.add(arrivals);
      const [oldest] = byAge;
      if (byAge.size <= prefixesMax || oldest === undefined) return;
      byAge.delete(oldest);
      forget(oldest);
    },
    hitProbability(provider, model, ttlMs, nowMs, prefixId = "") {
      const times = places.get(prefixId)?.get(provider)?.get(model)?.times;
      if (times === undefined) return 0;
      let recent = 0;
      for (const atMs of times) if (nowMs - atMs <= ttlMs) recent += 1;
      return recent === 0 ? 0 : 1 - Math.exp(-recent);
    },
  };
}
