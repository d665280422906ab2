import type { Brand } from "./brand.ts";

/** 10⁻⁹ dollars, signed: a saving may be negative. */
export type NanoUsd = Brand<bigint, "NanoUsd">;
/** Nano-dollars for a million tokens. A cached token can cost 2.8 nano-dollars, which no integer per token can say. */
export type NanoUsdPerMTok = Brand<bigint, "NanoUsdPerMTok">;

export const nanoUsd = (value: bigint): NanoUsd => value as NanoUsd;
export const zeroUsd = nanoUsd(0n);

const decimalForm = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads decimal dollars ("0.40", "-1.5", "6e-7") into nano-dollars, rounding half away from zero at the ninth decimal.
 * Catalogs carry float dust such as `0.0000006000000000000001`; as decimal text it rounds to the intended price.
 * @returns `undefined` when `text` is not a decimal number.
 */
export function parseUsd(text: string): NanoUsd | undefined {
  const scaled = scaleDecimal(text, 9);
  return scaled === undefined ? undefined : nanoUsd(scaled);
}

/** Reads dollars per million tokens ("0.40") into nano-dollars per million tokens. */
export function parseUsdPerMTok(text: string): NanoUsdPerMTok | undefined {
  return scaleDecimal(text, 9) as NanoUsdPerMTok | undefined;
}

/** Reads dollars per token ("0.0000004") into nano-dollars per million tokens. */
export function parseUsdPerToken(text: string): NanoUsdPerMTok | undefined {
  return scaleDecimal(text, 15) as NanoUsdPerMTok | undefined;
}

function scaleDecimal(text: string, places: number): bigint | undefined {
  const match = decimalForm.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = "", whole = "0", fraction = "", exponent = "0"] = match;
  const digits = BigInt(whole + fraction);
  const shift = places - fraction.length + Number(exponent);
  const scaled = shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounding(digits, 10n ** BigInt(-shift));
  return sign === "-" ? -scaled : scaled;
}

function divideRounding(value: bigint, divisor: bigint): bigint {
  return (value + divisor / 2n) / divisor;
}

/** Decimal dollars with nine decimals: `"0.003040000"`, `"-0.000000001"`. */
export function formatUsd(value: NanoUsd): string {
  const absolute = value < 0n ? -value : (value as bigint);
  const text = absolute.toString().padStart(10, "0");
  return `${value < 0n ? "-" : ""}${text.slice(0, -9)}.${text.slice(-9)}`;
}

/** Decimal dollars per million tokens, as short as the value allows: `"0.4"`. */
export function formatUsdPerMTok(rate: NanoUsdPerMTok): string {
  return formatUsd(rate as bigint as NanoUsd).replace(/\.?0+$/, "");
}

/** Cost of `tokens` at `rate`, not yet rounded: nano-dollars times a million. Sum these, then round once. */
export function tokensTimesRate(tokens: number, rate: NanoUsdPerMTok): bigint {
  return BigInt(tokens) * rate;
}

/** Rounds a sum of {@link tokensTimesRate} up to whole nano-dollars, so that a cost is never understated. */
export function roundCost(sum: bigint): NanoUsd {
  return nanoUsd(sum >= 0n ? (sum + 999_999n) / 1_000_000n : sum / 1_000_000n);
}
