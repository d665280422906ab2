export interface Clustering {
  /** Cluster of each row. */
  readonly assigned: Uint32Array;
  /** Row by row: means, not scaled to unit length. */
  readonly centres: Float32Array;
  readonly sizes: Uint32Array;
}

/**
 * Lloyd's k-means from evenly spaced rows. `O(rows × clusters × dimensions)` a round.
 * @source Lloyd: Least squares quantization in PCM, 1982, doi:10.1109/TIT.1982.1056489
 */
export function clusterVectors(rows: Float32Array, dimensions: number, clusters: number, rounds: number): Clustering {
  const count = rows.length / dimensions;
  const centres = new Float32Array(clusters * dimensions);
  for (let k = 0; k < clusters; k++) {
    const from = Math.floor((k * count) / clusters) * dimensions;
    centres.set(rows.subarray(from, from + dimensions), k * dimensions);
  }
  const assigned = new Uint32Array(count);
  const sizes = new Uint32Array(clusters);
  for (let round = 0; round < rounds; round++) {
    assignNearest(rows, centres, dimensions, assigned);
    const sums = new Float64Array(clusters * dimensions);
    sizes.fill(0);
    for (let i = 0; i < count; i++) {
      const k = assigned[i] ?? 0;
      sizes[k] = (sizes[k] ?? 0) + 1;
      for (let j = 0; j < dimensions; j++) {
        sums[k * dimensions + j] = (sums[k * dimensions + j] ?? 0) + (rows[i * dimensions + j] ?? 0);
      }
    }
    for (let i = 0; i < centres.length; i++) {
      const size = sizes[Math.floor(i / dimensions)] ?? 0;
      if (size > 0) centres[i] = (sums[i] ?? 0) / size;
    }
  }
  return { assigned, centres, sizes };
}

function assignNearest(rows: Float32Array, centres: Float32Array, dimensions: number, assigned: Uint32Array): void {
  const clusters = centres.length / dimensions;
  const halfNorms = Float64Array.from({ length: clusters }, (_, k) => {
    const centre = centres.subarray(k * dimensions, (k + 1) * dimensions);
    return centre.reduce((sum, value) => sum + value * value, 0) / 2;
  });
  for (let i = 0; i < assigned.length; i++) {
    let best = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < clusters; k++) {
      let score = -(halfNorms[k] ?? 0);
      for (let j = 0; j < dimensions; j++) {
        score += (rows[i * dimensions + j] as number) * (centres[k * dimensions + j] as number);
      }
      if (score > best) {
        best = score;
        assigned[i] = k;
      }
    }
  }
}
