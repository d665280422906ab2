import { parseUsd } from "@larder/contracts";

/**
 * Dollars for reading: as many decimals as it takes to see two digits. `"0.000412"` → `"$0.00041"`. Unknown is
 * "unknown", never $0.
 */
export function readableUsd(text: string | null | undefined): string {
  return readableUsds([text])[0] ?? "unknown";
}

/** Amounts that stand side by side, with the decimals that the smallest of them needs. */
export function readableUsds(texts: readonly (string | null | undefined)[]): string[] {
  const values = texts.map((text) => (text === null || text === undefined ? undefined : parseUsd(text)));
  const decimals = Math.max(2, ...values.map((value) => (value === undefined ? 0 : decimalsOf(value))));
  return values.map((value) => {
    if (value === undefined) return "unknown";
    if (value === 0n) return "$0";
    return `${value < 0n ? "-" : ""}$${dollars(value).toFixed(decimals)}`;
  });
}

const dollars = (value: bigint): number => Number(value < 0n ? -value : value) / 1e9;

function decimalsOf(value: bigint): number {
  const absolute = dollars(value);
  return absolute === 0 || absolute >= 1 ? 2 : Math.min(9, Math.max(2, 1 - Math.floor(Math.log10(absolute))));
}
