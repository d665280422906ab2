import type { NanoUsd } from "@larder/contracts";
import { parseUsd } from "@larder/contracts";

/**
 * Dollars for reading: as many decimals as it takes to see two digits. `"0.000412"` → `"$0.00041"`. Unknown is
 * "unknown", never $0.
 */
export function readableUsd(text: string | null | undefined): string {
  const value = text === null || text === undefined ? undefined : parseUsd(text);
  return value === undefined ? "unknown" : readableNanoUsd(value);
}

function readableNanoUsd(value: NanoUsd): string {
  if (value === 0n) return "$0";
  const absolute = Number(value < 0n ? -value : value) / 1e9;
  const decimals = absolute >= 1 ? 2 : Math.min(9, Math.max(2, 1 - Math.floor(Math.log10(absolute))));
  return `${value < 0n ? "-" : ""}$${absolute.toFixed(decimals)}`;
}
