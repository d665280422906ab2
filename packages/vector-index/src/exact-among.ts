import type { VectorHit } from "@larder/contracts";
import type { LabelList } from "./label-list.ts";
import { membership } from "./label-list.ts";
import { TopHits } from "./top-hits.ts";
import type { VectorMatrix } from "./vector-matrix.ts";

/**
 * How many times longer a row takes that is not the next one in memory. Measured between 3.3 (100,000 vectors of 256
 * dimensions) and 10 (500,000); see docs/decisions/0031-index-kinds.md.
 */
export const inOrderGain = 4;

/**
 * Compares with these labels' vectors, or, when they are many, with all of them in the order of memory; then only what is
 * good enough to be kept is looked up among the labels.
 */
export function searchExactlyAmong(
  matrix: VectorMatrix,
  allowed: LabelList,
  query: Float32Array,
  limit: number,
): VectorHit[] {
  if (!isScannedWhole(allowed, matrix)) return matrix.searchAmong(allowed, query, limit);
  const top = new TopHits(Math.min(limit, matrix.count));
  matrix.scan(query, 0, matrix.count, top, membership(allowed));
  return top.list();
}

/** The cost of that, in rows here and there. */
export function rowsCompared(allowed: LabelList, matrix: VectorMatrix): number {
  return isScannedWhole(allowed, matrix) ? matrix.count / inOrderGain : allowed.length;
}

function isScannedWhole(allowed: LabelList, matrix: VectorMatrix): boolean {
  return allowed.length * inOrderGain > matrix.count;
}
