/**
 * Prompt caches as arithmetic: who finds the prefix warm, when writing pays, and from which corpus on retrieval is cheaper.
 * Multipliers are of the price of fresh input: `read` such as 0.05, `write` such as 1.25.
 *
 * @source docs/guides/savings.md, "What the provider's cache holds"; arrivals are taken to be Poisson
 */

/** Chance that a prefix is warm when each use renews its time: the gap before this arrival was shorter than it. */
export function hitWhenRenewed(perHour: number, ttlHours: number): number {
  return 1 - Math.exp(-perHour * ttlHours);
}

/** The same when its time runs from the write: one write, then `λτ` reads on average. */
export function hitWhenFixed(perHour: number, ttlHours: number): number {
  return (perHour * ttlHours) / (1 + perHour * ttlHours);
}

/** Reads that must follow a write for it to cost less than sending the prefix fresh each time. */
export function readsToPayWrite({ read, write }: { readonly read: number; readonly write: number }): number {
  return read >= 1 ? Number.POSITIVE_INFINITY : Math.max(0, (write - 1) / (1 - read));
}

export interface CacheState {
  readonly hitProbability: number;
  readonly read: number;
  readonly write: number;
  /** What keeping a token costs between two questions, where it is billed by the hour. @defaultValue 0 */
  readonly storage?: number;
}

/** What a token of the prefix costs on average, of a fresh one. */
export function prefixMultiplier({ hitProbability, read, write, storage = 0 }: CacheState): number {
  return hitProbability * read + (1 - hitProbability) * write + storage;
}

export interface FixedCosts {
  readonly usdPerMonth: number;
  readonly queriesPerMonth: number;
  readonly usdPerToken: number;
}

/**
 * Tokens of a corpus above which retrieval is cheaper than stuffing it in this cache state, output left aside; with fixed
 * costs, what retrieval costs each month besides.
 */
export function breakEvenCorpusTokens(promptTokens: number, state: CacheState, fixed?: FixedCosts): number {
  const extra = fixed === undefined ? 0 : fixed.usdPerMonth / (fixed.queriesPerMonth * fixed.usdPerToken);
  const multiplier = prefixMultiplier(state);
  return multiplier === 0 ? Number.POSITIVE_INFINITY : (promptTokens + extra) / multiplier;
}

/**
 * Saving of "retrieve first, send everything for the share `escalated`" against sending everything: `1 − ours / whole − e`.
 * Signed.
 */
export function escalationSaving(ours: number, whole: number, escalated: number): number {
  return 1 - ours / whole - escalated;
}
