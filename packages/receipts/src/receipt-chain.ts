import { sha256OfJson } from "./canonical-json.ts";
import { sha256Hex } from "./sha256.ts";

/** What the first receipt follows. */
export const genesisHash = "0".repeat(64);

/** Changes when the rule of {@link receiptHash} does. */
const rule = "larder-receipt-1";

/** One receipt with its place in the chain. */
export interface ChainEntry {
  /** From 1, without gaps. */
  readonly number: number;
  /** Of the receipt before it, {@link genesisHash} for the first. */
  readonly previousHash: string;
  readonly hash: string;
  /** The stored receipt as values of JSON. */
  readonly receipt: unknown;
}

/**
 * Ties a receipt to its number and to all receipts before it: the SHA-256 of four lines without an end of the last,
 * `larder-receipt-1`, the number, the previous hash, and the SHA-256 of the receipt's canonical JSON, hashes as
 * lower-case hexadecimal. The store's SQL says the same; a test holds the two together.
 */
export function receiptHash(number: number, previousHash: string, contentSha256: string): string {
  return sha256Hex([rule, number, previousHash, contentSha256].join("\n"));
}

/** The entries of receipts that follow `previous`, in order. */
export function chainReceipts(
  receipts: readonly unknown[],
  previous: Pick<ChainEntry, "number" | "hash"> = { number: 0, hash: genesisHash },
): readonly ChainEntry[] {
  let { number, hash: previousHash } = previous;
  return receipts.map((receipt) => {
    number += 1;
    const entry = { number, previousHash, hash: receiptHash(number, previousHash, sha256OfJson(receipt)), receipt };
    previousHash = entry.hash;
    return entry;
  });
}
