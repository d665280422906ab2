import type { ArmCache, CacheStrategy, NanoUsd, PriceTerms, UsageTokens } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import type { ArmQuestion } from "../arms/arm-question.ts";
import { breakEvenCorpusTokens, hitWhenFixed, hitWhenRenewed } from "./cache-arithmetic.ts";

export interface CachedPrompt {
  /** `undefined` when a rate is unknown. */
  readonly cost: NanoUsd | undefined;
  readonly cache: ArmCache;
}

const hourMs = 3_600_000;
const noTraffic = { arrivals: 0, perHour: 0 };

/**
 * Rules of a provider that caches, as its price for reads tells, and whose rules the price book does not know: those of
 * the longest common time, so that what is not known never speaks for us.
 */
const assumedRules = { prefixTokensMin: 1_024, ttlMs: hourMs };

/**
 * A prompt of `prefixTokens` shared tokens and the question, at the cheapest caching that is allowed at the arrivals that
 * were observed: none at all; for the provider's short time or its long one, where hits are read and misses written; or
 * stored without end and billed by the hour. A prefix below the provider's least is silently not cached.
 *
 * The cost is the mean over hits and misses, each priced whole by the price book, so lines, lane and region hold for both;
 * rounded up once.
 */
export function bestCaching(asked: ArmQuestion, prefixTokens: number, terms?: PriceTerms): CachedPrompt {
  const { entry, overhead, actualInput } = asked;
  const traffic = asked.question.traffic ?? noTraffic;
  const price = (bucket: keyof UsageTokens) => asked.price({ inputFresh: overhead, [bucket]: prefixTokens }, terms);
  const fresh = asked.price({ inputFresh: overhead + prefixTokens }, terms);
  let best: { readonly strategy: CacheStrategy; readonly hit: number; readonly cost: NanoUsd | undefined } = {
    strategy: "none",
    hit: 0,
    cost: fresh,
  };
  const offer = (strategy: CacheStrategy, hit: number, missBucket: keyof UsageTokens, extra = 0n) => {
    const [onHit, onMiss] = [price("inputCacheRead"), price(missBucket)];
    if (onHit === undefined || onMiss === undefined || best.cost === undefined) return;
    const cost = nanoUsd(mean(onHit, onMiss, hit) + extra);
    if (cost < best.cost) best = { strategy, hit, cost };
  };
  const { rates } = entry;
  const rules = entry.cache ?? assumedRules;
  if (rates?.inputCacheRead !== undefined && prefixTokens >= rules.prefixTokensMin) {
    const hitAfter = entry.cache?.isRenewedByUse === false ? hitWhenFixed : hitWhenRenewed;
    offer("short", hitAfter(traffic.perHour, rules.ttlMs / hourMs), "inputCacheWrite");
    if (rates.inputCacheWriteLong !== undefined) {
      offer("long", hitAfter(traffic.perHour, 1), "inputCacheWriteLong");
    }
    const storage = entry.cache?.storagePerMTokHour;
    if (storage !== undefined && traffic.perHour > 0) {
      const perQuery = Math.ceil((prefixTokens * Number(storage)) / 1_000_000 / traffic.perHour);
      offer("stored", 1, "inputCacheRead", BigInt(perQuery));
    }
  }
  const breakEven = breakEvenOf(asked, best.strategy, best.hit, traffic.perHour);
  return {
    cost: best.cost,
    cache: {
      strategy: best.strategy,
      hitProbability: best.hit,
      arrivals: traffic.arrivals,
      arrivalsPerHour: traffic.perHour,
      ...(actualInput > 0 && breakEven !== undefined && { breakEvenTokens: breakEven }),
    },
  };
}

/** Parts in a thousand million: finer than any price. */
const parts = 1_000_000_000n;

function mean(onHit: bigint, onMiss: bigint, hit: number): bigint {
  const share = BigInt(Math.round(hit * Number(parts)));
  return (onHit * share + onMiss * (parts - share) + parts - 1n) / parts;
}

/** By the rates below any line, as a rule of thumb; `undefined` where the prefix costs nothing. */
function breakEvenOf(
  { entry, actualInput, overhead }: ArmQuestion,
  strategy: CacheStrategy,
  hit: number,
  perHour: number,
): number | undefined {
  const { rates } = entry;
  if (rates === null || rates.inputFresh === 0n) return undefined;
  const of = (rate: bigint | undefined) => Number(rate ?? rates.inputFresh) / Number(rates.inputFresh);
  const write = strategy === "long" ? of(rates.inputCacheWriteLong) : of(rates.inputCacheWrite);
  const perTokenHour = strategy === "stored" ? Number(entry.cache?.storagePerMTokHour ?? 0n) : 0;
  const state = {
    hitProbability: hit,
    read: of(rates.inputCacheRead),
    write: strategy === "none" ? 1 : write,
    storage: perTokenHour === 0 ? 0 : perTokenHour / perHour / Number(rates.inputFresh),
  };
  const tokens = breakEvenCorpusTokens(Math.max(0, actualInput - overhead), state); // what both send is no difference;
  return Number.isFinite(tokens) ? Math.round(tokens) : undefined;
}
