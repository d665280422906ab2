import { canonicalJson } from "./canonical-json.ts";
import type { ChainEntry } from "./receipt-chain.ts";

/** One line of an exported chain (JSON lines), without the line's end. */
export function printChainLine({ number, previousHash, hash, receipt }: ChainEntry): string {
  return canonicalJson({ number, previous_hash: previousHash, hash, receipt });
}

/** What {@link printChainLine} printed; `undefined` for a line that is no entry of a chain. */
export function readChainLine(line: string): ChainEntry | undefined {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return undefined; // told as a finding of its own
  }
  if (typeof read !== "object" || read === null) return undefined;
  const { number, previous_hash: previousHash, hash, receipt } = read as Readonly<Record<string, unknown>>;
  const isEntry =
    typeof number === "number" &&
    Number.isSafeInteger(number) &&
    number >= 1 &&
    typeof previousHash === "string" &&
    typeof hash === "string" &&
    typeof receipt === "object" &&
    receipt !== null;
  return isEntry ? { number, previousHash, hash, receipt } : undefined;
}
