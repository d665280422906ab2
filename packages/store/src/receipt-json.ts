import type { Receipt } from "@larder/contracts";

/**
 * A receipt as JSON text. Money is a bigint, which JSON has no form for: it stands as `{"$bigint":"-12"}`, so that it
 * comes back as what it was and never passes through a double.
 */
export function printReceipt(receipt: Receipt): string {
  return JSON.stringify(receipt, (_key, value: unknown) =>
    typeof value === "bigint" ? { $bigint: value.toString() } : value,
  );
}

/** What {@link printReceipt} wrote; only rows of this database are read with it. */
export function parseReceipt(text: string): Receipt {
  return JSON.parse(text, (_key, value: unknown) => readBigint(value) ?? value) as Receipt;
}

function readBigint(value: unknown): bigint | undefined {
  if (typeof value !== "object" || value === null || !("$bigint" in value)) return undefined;
  const text = value.$bigint;
  return typeof text === "string" && /^-?\d+$/.test(text) && Object.keys(value).length === 1 ? BigInt(text) : undefined;
}
