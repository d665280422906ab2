import type { PriceSource } from "@larder/contracts";

/** ISO date of the newest source; the empty string when there is none. */
export function newestSourceDate(sources: readonly PriceSource[]): string {
  return (
    sources
      .map(({ asOf }) => asOf)
      .toSorted()
      .at(-1) ?? ""
  );
}
