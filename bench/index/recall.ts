export const hitsWanted = 10;

/** Share of the true nearest ten that were found. `truth` holds `k` row numbers a query. */
export function recallAt10(found: readonly (readonly number[])[], truth: Uint32Array, k: number): number {
  let hits = 0;
  for (const [q, rows] of found.entries()) {
    const wanted = new Set(truth.subarray(q * k, q * k + 10));
    for (const row of rows.slice(0, 10)) if (wanted.has(row)) hits += 1;
  }
  return hits / found.length / 10;
}
