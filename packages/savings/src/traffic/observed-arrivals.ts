import type { Arrival, ArrivalRates } from "@larder/contracts";

/** Arrivals that are remembered of each model and knowledge base: enough for a rate within an eighth. */
const arrivalsMax = 64;
/** What is older says nothing of today's traffic. */
export const arrivalsWindowMs = 24 * 3_600_000;
/** Pairs of model and knowledge base; the one that was asked longest ago is forgotten first. */
const pairsMax = 4_096;

const hourMs = 3_600_000;

/**
 * How often each model is asked about each knowledge base, from its latest arrivals of the last 24 hours: `n` of them,
 * the first `s` ago, are `n / s`. It follows a busy hour within its 64 latest requests and a quiet one at once, for
 * the time since the latest counts.
 */
export function createObservedArrivals(): ArrivalRates {
  const times = new Map<string, number[]>();
  return {
    observe({ model, knowledgeBaseId, atMs }: Arrival) {
      const key = `${model}\n${knowledgeBaseId}`;
      const known = times.get(key) ?? [];
      known.push(atMs);
      if (known.length > arrivalsMax) known.shift();
      times.delete(key);
      times.set(key, known); // the newest last
      const [oldest] = times.keys();
      if (times.size > pairsMax && oldest !== undefined) times.delete(oldest);
    },
    rate(model, knowledgeBaseId, nowMs) {
      const known = times.get(`${model}\n${knowledgeBaseId}`)?.filter((atMs) => atMs >= nowMs - arrivalsWindowMs) ?? [];
      const first = known.reduce((least, atMs) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
      if (known.length === 0) return { arrivals: 0, perHour: 0 };
      return { arrivals: known.length, perHour: (known.length * hourMs) / Math.max(1, nowMs - first) };
    },
  };
}
