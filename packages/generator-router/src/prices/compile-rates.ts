import type { ModelEntry, NanoUsd, Priced, PriceLane, PriceTerms, RateCard, UsageTokens } from "@larder/contracts";
import { inputTokensOf, nanoUsd, usageBuckets } from "@larder/contracts";
import type { FullLine, FullRates } from "./fill-rates.ts";
import { laneLines, overlay, standardLines } from "./fill-rates.ts";
import { isOffPeak } from "./off-peak.ts";

export interface RateLine extends FullLine {
  /** The rates as doubles, which hold each of them exactly; 0 for an unknown one, which is asked for first. */
  readonly fast: Readonly<Record<keyof FullRates, number>>;
}

/** The rates of one model, ready to price many requests. */
export interface CompiledRates {
  /** Tokens and searches are whole and not negative. */
  price(tokens: UsageTokens, terms: PriceTerms): Priced;
}

/** `undefined` when the model is unpriced. A tier reprices the whole request, the tokens below its line included. */
export function compileRates(entry: ModelEntry): CompiledRates | undefined {
  const { rates, tiers, cards = {}, offPeak, fees, regionMultipliers = [] } = entry;
  if (rates === null) return undefined;
  const standard = standardLines({ rates, tiers });
  const compileCard = (card: RateCard | undefined) =>
    card === undefined ? undefined : laneLines(card, standard).map(toLine);
  const byLane: Readonly<Record<PriceLane, readonly RateLine[] | undefined>> = {
    standard: standard.map(toLine),
    batch: compileCard(cards.batch),
    flex: compileCard(cards.flex),
    priority: compileCard(cards.priority),
  };
  const quiet = offPeak === undefined ? undefined : standard.map((line) => toLine(overlay(offPeak.rates, line)));
  const linesFor = ({ lane = "standard", atMs }: PriceTerms) => {
    const lines = byLane[lane];
    if (lines !== undefined && lane !== "standard") return lines;
    const isQuiet = offPeak !== undefined && atMs !== undefined && isOffPeak(offPeak, atMs);
    return (isQuiet ? quiet : byLane.standard) ?? [];
  };
  return {
    price(tokens, terms) {
      const total = inputTokensOf(tokens);
      const line = linesFor(terms).find((each) => isAbove(total, each));
      if (line === undefined) return { kind: "unpriced", bucket: "inputFresh" };
      if (tokens.inputAudio > 0 && line.rates.inputAudio === undefined)
        return { kind: "unpriced", bucket: "inputAudio" };
      if (tokens.outputAudio > 0 && line.rates.outputAudio === undefined) {
        return { kind: "unpriced", bucket: "outputAudio" };
      }
      const { region, searches = 0 } = terms;
      if (searches > 0 && fees?.search === undefined) return { kind: "unpriced", bucket: "searches" };
      const multiplier = region === undefined ? undefined : regionMultipliers.find((each) => each.region === region);
      const cost = costOf(tokens, line, multiplier?.numerator ?? 1, multiplier?.denominator ?? 1);
      if (fees === undefined) return { kind: "priced", cost };
      return { kind: "priced", cost: nanoUsd(cost + (fees.request ?? 0n) + BigInt(searches) * (fees.search ?? 0n)) };
    },
  };
}

export function toLine(line: FullLine): RateLine {
  const fast = Object.fromEntries(usageBuckets.map((bucket) => [bucket, Number(line.rates[bucket] ?? 0n)]));
  return { ...line, fast: fast as RateLine["fast"] };
}

export const isAbove = (inputTokens: number, line: RateLine) =>
  line.isInclusive ? inputTokens >= line.inputTokens : inputTokens > line.inputTokens;

export const tokensPerRate = 1_000_000;

/**
 * `Σ tokens × rate × numerator / denominator`, rounded up once. By doubles, which hold every whole number up to 2⁵³, as
 * long as the sum stays below: all products and the remainder are then exact, and it is ten times faster than bigint
 * where a quote prices hundreds of models. Above it by bigint.
 */
function costOf(tokens: UsageTokens, line: RateLine, numerator: number, denominator: number): NanoUsd {
  const { fast } = line;
  const sum =
    (tokens.inputFresh * fast.inputFresh +
      tokens.inputCacheRead * fast.inputCacheRead +
      tokens.inputCacheWrite * fast.inputCacheWrite +
      tokens.inputCacheWriteLong * fast.inputCacheWriteLong +
      tokens.inputAudio * fast.inputAudio +
      tokens.inputImage * fast.inputImage +
      tokens.outputText * fast.outputText +
      tokens.outputReasoning * fast.outputReasoning +
      tokens.outputAudio * fast.outputAudio) *
    numerator;
  const divisor = denominator * tokensPerRate;
  if (!(sum <= Number.MAX_SAFE_INTEGER)) return exactCost(tokens, line.rates, BigInt(numerator), BigInt(divisor));
  const remainder = sum % divisor;
  return nanoUsd(BigInt((sum - remainder) / divisor + (remainder > 0 ? 1 : 0)));
}

function exactCost(tokens: UsageTokens, rates: FullRates, numerator: bigint, divisor: bigint): NanoUsd {
  let sum = 0n;
  for (const bucket of usageBuckets) sum += BigInt(tokens[bucket]) * (rates[bucket] ?? 0n);
  return nanoUsd((sum * numerator + divisor - 1n) / divisor);
}
