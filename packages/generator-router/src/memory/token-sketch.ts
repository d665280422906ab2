import type { TokenQuantiles } from "@larder/contracts";
import type { FadingSums } from "./forgetting.ts";
import { add, read } from "./forgetting.ts";

/** Neighbouring bins differ by a seventh, so that a quantile is off by at most 7 %. */
const growth = 1.15;
/** 1.15^93 is 440,000 tokens: above any output. With the bins for 0 and 1, at most 95 numbers a sketch. */
const binMax = 93;

/**
 * A distribution of whole tokens in a bounded place: fading counts in bins that grow by 15 %, beside the fading mean.
 * Bin 0 holds zero tokens, bin `1 + k` those from `1.15^k` on.
 */
export function sketchTokens(into: FadingSums, atMs: number, tokens: number): void {
  const bin = tokens < 1 ? 0 : 1 + Math.min(binMax, Math.floor(Math.log(tokens) / Math.log(growth) + 1e-9));
  add(into, atMs, 1, { n: 1, total: tokens, [`b${bin}`]: 1 });
}

/**
 * Observations from which on {@link TokenQuantiles.high} is told. Of 600 answers at least one passes the true 99.5 %
 * quantile with 95 % certainty (0.995^600 = 0.05), so that their own quantile is not one of too few.
 */
export const highAnswersMin = 600;
const highShare = 0.995;

/** `undefined` when nothing is remembered. Mean and median are about right, `high` is never too low: see its type. */
export function quantilesOf(sketch: FadingSums, nowMs: number): TokenQuantiles | undefined {
  const weight = read(sketch, "n", nowMs);
  if (weight < 1e-6) return undefined;
  const bins = Object.keys(sketch.sums)
    .flatMap((name) => (/^b\d+$/.test(name) ? [Number(name.slice(1))] : []))
    .sort((a, b) => a - b);
  const binAt = (share: number): number => {
    let below = 0;
    for (const bin of bins) {
      below += read(sketch, `b${bin}`, nowMs);
      if (below >= share * weight - 1e-9) return bin;
    }
    return bins.at(-1) ?? 0;
  };
  const quantile = (share: number) => middleOf(binAt(share));
  const highBin = binAt(highShare);
  const isHighKnown = weight >= highAnswersMin && highBin <= binMax; // the last bin has no end
  return {
    mean: read(sketch, "total", nowMs) / weight,
    p50: quantile(0.5),
    p90: quantile(0.9),
    ...(isHighKnown && { high: highBin === 0 ? 0 : Math.ceil(growth ** highBin) }),
    weight,
  };
}

function middleOf(bin: number): number {
  return bin === 0 ? 0 : Math.round(growth ** (bin - 0.5));
}
