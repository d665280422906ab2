const dimensions = 256;
const [centreCount, rowCount, queryCount] = [10, 10_000, 100];

export interface NearVectors {
  readonly rows: readonly Float32Array[];
  readonly queries: readonly Float32Array[];
  /** Numbers of the rows nearest to each query, query by query. */
  readonly truth: Uint32Array;
  /** Of the first query with the row nearest to it. */
  readonly cosine: number;
}

/** Unit vectors that lie as passages of many versions of few texts do: about a centre each, `noise` away from it. */
export function drawNear(noise: number, wanted: number, random: () => number): NearVectors {
  const spread = (scale: number): Float32Array =>
    Float32Array.from({ length: dimensions }, () => (random() + random() + random() - 1.5) * scale);
  const centres = Array.from({ length: centreCount }, () => unit(spread(1)));
  const draw = (): Float32Array => {
    const centre = centres[Math.floor(random() * centreCount)];
    return unit(spread(noise / 8).map((value, i) => value + (centre?.[i] ?? 0)));
  };
  const rows = Array.from({ length: rowCount }, draw);
  const queries = Array.from({ length: queryCount }, draw);
  const ranked = queries.map((query) =>
    rows.map((row, i) => ({ i, score: dot(row, query) })).toSorted((a, b) => b.score - a.score),
  );
  const truth = Uint32Array.from(ranked.flatMap((hits) => hits.slice(0, wanted).map(({ i }) => i)));
  return { rows, queries, truth, cosine: ranked[0]?.[0]?.score ?? 0 };
}

function unit(vector: Float32Array): Float32Array {
  const norm = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / norm);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
