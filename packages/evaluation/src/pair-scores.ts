import type { PipelineScores } from "./query-scores.ts";

/** One metric of one pipeline in two runs, over the queries that both asked, in the first run's order. */
export interface PairedValues {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly clusters: readonly string[];
}

/** Every metric that both have, by its name; none when they share no query. */
export function pairScores(a: PipelineScores, b: PipelineScores): ReadonlyMap<string, PairedValues> {
  const rowsOfB = new Map(b.queries.map((query, row) => [query, row]));
  const rows = a.queries.flatMap((query, row) => {
    const other = rowsOfB.get(query);
    return other === undefined ? [] : [{ row, other }];
  });
  const clusters = rows.map(({ row }) => a.clusters[row] ?? "");
  const paired = new Map<string, PairedValues>();
  for (const [metric, ofA] of Object.entries(a.values)) {
    const ofB = b.values[metric];
    if (ofB === undefined || rows.length === 0) continue;
    const valuesOfA = rows.map(({ row }) => ofA[row] ?? 0);
    paired.set(metric, { a: valuesOfA, b: rows.map(({ other }) => ofB[other] ?? 0), clusters });
  }
  return paired;
}
