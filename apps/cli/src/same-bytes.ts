import type { IngestOutcome } from "./ingest-outcome.ts";

/**
 * The outcomes of one run, in order. Bytes that several items of it have are one document: the item that brought it, or
 * else the first, keeps its outcome; the others are duplicates of that one, whether the document is new or was there.
 */
export function tellSameBytes(outcomes: readonly IngestOutcome[]): readonly IngestOutcome[] {
  const holders = new Map<string, IngestOutcome>();
  for (const one of outcomes) {
    if (one.documentId === undefined) continue;
    const held = holders.get(one.documentId);
    if (held === undefined || (held.outcome === "unchanged" && one.outcome !== "unchanged")) {
      holders.set(one.documentId, one);
    }
  }
  return outcomes.map((one) => {
    const holder = one.documentId === undefined ? undefined : holders.get(one.documentId);
    if (holder === undefined || holder === one || one.outcome !== "unchanged") return one;
    return { ...one, outcome: "duplicate", sameBytesAs: holder.name };
  });
}
