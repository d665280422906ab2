import type { FakeUsage } from "./fake-wire.ts";

/** Decimal dollars per million tokens, as text. What is left out costs its side's plain rate. */
export interface FakePrices {
  readonly input: string;
  readonly output: string;
  readonly inputCacheRead?: string;
  readonly inputCacheWrite?: string;
  readonly outputReasoning?: string;
}

/** Units of 10⁻¹⁸ dollars: a price with twelve decimals per million tokens is still exact for one token. */
export type AttoUsd = bigint;

/**
 * What the provider charges, by schoolbook decimal arithmetic. It shares no code with the contracts' money on purpose:
 * a mistake there must not hide itself here.
 */
export function billOf(usage: FakeUsage, prices: FakePrices): AttoUsd {
  const cached = usage.cachedTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const reasoning = usage.reasoningTokens ?? 0;
  const parts: readonly (readonly [number, string])[] = [
    [usage.promptTokens - cached - written, prices.input],
    [cached, prices.inputCacheRead ?? prices.input],
    [written, prices.inputCacheWrite ?? prices.input],
    [usage.completionTokens - reasoning, prices.output],
    [reasoning, prices.outputReasoning ?? prices.output],
  ];
  return parts.reduce((sum, [tokens, price]) => sum + BigInt(tokens) * attoUsdPerToken(price), 0n);
}

function attoUsdPerToken(usdPerMTok: string): AttoUsd {
  const [whole = "0", fraction = ""] = usdPerMTok.split(".");
  if (fraction.length > 12) throw new RangeError("A fake price has at most twelve decimals.");
  return BigInt(whole + fraction.padEnd(12, "0"));
}

/** Whole nano-dollars, rounded up: what an exact ledger must show for this bill. */
export function nanoUsdCeiling(bill: AttoUsd): bigint {
  return (bill + 999_999_999n) / 1_000_000_000n;
}
