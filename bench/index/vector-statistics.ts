import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * What `fit-vectors.ts` found out about real embeddings, and all that `generate-vectors.ts` knows of them: numbers from
 * which no text can be had back. Variances are those of unit vectors, so that all of them and the mean's square sum to 1.
 */
export interface VectorStatistics {
  readonly embedder: string;
  /** Passages that were fitted. */
  readonly passages: number;
  readonly dimensions: number;
  /** Length of the mean of all vectors. */
  readonly meanLength: number;
  /** Clusters at `passages` vectors. */
  readonly clusters: number;
  /** Sizes of clusters fall with their rank to this power. */
  readonly sizeExponent: number;
  /** Variances of the clusters' centres around the mean along their principal axes, falling. */
  readonly centreVariances: readonly number[];
  /** Mean variances inside a cluster along its own principal axes, falling. */
  readonly clusterVariances: readonly number[];
  /** Standard deviation of the logarithm of a cluster's spread. */
  readonly clusterSpread: number;
  /** Share of the variance inside a cluster that passages near each other, as of one document, have in common. */
  readonly groupShare: number;
  /** Passages of such a group, in the mean. */
  readonly groupSize: number;
  /**
   * A question lies further from all passages than a passage does. A passage with this much of one from elsewhere added
   * has neighbours as hard to tell apart as those of a real question.
   */
  readonly questionMix: number;
}

export const statisticsFile = fileURLToPath(new URL("./vector-statistics.json", import.meta.url));

export function readStatistics(): VectorStatistics {
  return JSON.parse(readFileSync(statisticsFile, "utf8")) as VectorStatistics; // written by fit-vectors.ts
}
