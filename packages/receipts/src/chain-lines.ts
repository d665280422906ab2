import { canonicalJson } from "./canonical-json.ts";
import { readUnambiguousJson } from "./read-json.ts";
import type { ChainEntry } from "./receipt-chain.ts";

/** One line of an exported chain (JSON lines), without the line's end. */
export function printChainLine({ number, previousHash, hash, receipt }: ChainEntry): string {
  return canonicalJson({ number, previous_hash: previousHash, hash, receipt });
}

/**
 * What {@link printChainLine} printed, white space and the order of names aside; `undefined`, which the check tells as a
 * finding of its own, for a line that is no entry of a chain, or that says more than its hash covers.
 */
export function readChainLine(line: string): ChainEntry | undefined {
  const read = readUnambiguousJson(line);
  if (typeof read !== "object" || read === null || Object.keys(read).length !== 4) return undefined;
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
