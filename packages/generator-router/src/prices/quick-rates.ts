import type { ModelEntry } from "@larder/contracts";
import type { RateLine } from "./compile-rates.ts";
import { isAbove, tokensPerRate, toLine } from "./compile-rates.ts";
import { standardLines } from "./fill-rates.ts";

/**
 * The standard lane of a model that costs the same at every hour, outside regions that multiply, by doubles and without making an
 * object: it runs for every model of a quote. A class, so that one hidden shape serves them all.
 */
export class QuickRates {
  /** The highest first, the base last. */
  readonly #lines: readonly RateLine[];
  readonly #base: RateLine;
  readonly #requestFee: number;

  constructor(lines: readonly RateLine[], base: RateLine, requestFee: number) {
    this.#lines = lines;
    this.#base = base;
    this.#requestFee = requestFee;
  }

  /** Nano-dollars, as the price book has them; `NaN` beyond 2⁵³. Counts whole and not negative. */
  cost(fresh: number, read: number, write: number, text: number, reasoning: number): number {
    const total = fresh + read + write;
    const { fast } = this.#lines.length === 0 ? this.#base : this.#lineAt(total);
    const sum =
      fresh * fast.inputFresh +
      read * fast.inputCacheRead +
      write * fast.inputCacheWrite +
      text * fast.outputText +
      reasoning * fast.outputReasoning;
    if (!(sum <= Number.MAX_SAFE_INTEGER)) return Number.NaN;
    // A quotient this large may have been rounded to a whole number; the product tells, for it is exact.
    const whole = Math.floor(sum / tokensPerRate);
    return (whole * tokensPerRate < sum ? whole + 1 : whole) + this.#requestFee;
  }

  #lineAt(total: number): RateLine {
    for (const line of this.#lines) if (isAbove(total, line)) return line;
    return this.#base;
  }
}

/** `undefined` for a model without a price, or whose price depends on the hour. */
export function quickRatesOf({ rates, tiers, offPeak, fees }: ModelEntry): QuickRates | undefined {
  if (rates === null || offPeak !== undefined) return undefined;
  const lines = standardLines({ rates, tiers }).map(toLine);
  const base = lines.at(-1);
  return base && new QuickRates(lines.slice(0, -1), base, Number(fees?.request ?? 0n));
}
