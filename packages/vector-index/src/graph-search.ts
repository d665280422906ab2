import type { Label, VectorHit } from "@larder/contracts";
import { inOrderGain, rowsCompared } from "./exact-among.ts";
import type { LabelList } from "./label-list.ts";
import { membership } from "./label-list.ts";
import type { LaggingGraph } from "./lagging-graph.ts";
import { TopHits } from "./top-hits.ts";
import type { VectorMatrix } from "./vector-matrix.ts";

export interface GraphSearch {
  readonly vector: Float32Array;
  /** At most the number of vectors. */
  readonly limit: number;
  /** Candidates that find the nearest ten as surely as was asked for. */
  readonly ef: number;
  /** Vectors here and there that are compared in the time that the graph needs for one candidate. */
  readonly rowsPerCandidate: number;
}

/** See docs/decisions/0031-index-kinds.md. */
export const rowsPerCandidateMeasured = 20;

/** Neighbours that `ef` is measured for. */
const recallAt = 10;

/**
 * Of the ten nearest of a divided collection a part has its share, for labels are spread evenly: about so many of its
 * nearest count, and one more for chance. A part that were to find ten as surely would look at half as many candidates again.
 */
export function recallAtOf(partOf = 1): number {
  return partOf === 1 ? recallAt : Math.ceil(recallAt / partOf) + 1;
}

const rankExponent = 0.57; // fitted to recall@20 … @1000, see docs/decisions/0031-index-kinds.md
const candidatesMoreMin = 16; // than ranks: a graph that looks at no more finds little
const wideningFactor = 2;

/** Candidates wanted so that the neighbour of this rank is found as surely as the tenth is by `ef`. */
export function candidatesForRank(rank: number, ef: number): number {
  const wanted = ef * Math.max(1, rank / recallAt) ** rankExponent;
  return Math.ceil(Math.max(wanted, rank + candidatesMoreMin));
}

/** Candidates and all pending vectors are scored exactly. `undefined` when the graph came to too few of its nodes. */
export function searchGraph(
  graph: LaggingGraph,
  matrix: VectorMatrix,
  { vector, limit, ef }: Omit<GraphSearch, "rowsPerCandidate">,
): VectorHit[] | undefined {
  const found = graph.graph.search(vector, limit, candidatesForRank(limit, ef));
  if (found.length + graph.pending.size < limit) return undefined;
  const top = new TopHits(limit);
  matrix.scanAmong(found, vector, top);
  if (graph.pending.size > 0) matrix.scanAmong(graph.pending, vector, top);
  return top.list();
}

/** False when comparing with every vector is quicker than to look at that many candidates. */
export function isGraphQuicker(matrix: VectorMatrix, { limit, ef, rowsPerCandidate }: GraphSearch): boolean {
  return candidatesForRank(limit, ef) * rowsPerCandidate * inOrderGain < matrix.count;
}

/**
 * The nearest of some labels: the graph is asked for so many candidates that enough of them are allowed, and for more
 * until the last that is needed stands well inside of what was looked at. `undefined` as soon as comparing with each
 * of them is quicker, which is also the answer to a filter that leaves out everything near.
 */
export function searchGraphAmong(
  graph: LaggingGraph,
  matrix: VectorMatrix,
  allowed: LabelList,
  { vector, limit, ef, rowsPerCandidate }: GraphSearch,
): VectorHit[] | undefined {
  const share = Math.min(1, allowed.length / matrix.count);
  const budget = rowsCompared(allowed, matrix) / rowsPerCandidate;
  let isAllowed: ((label: Label) => boolean) | undefined;
  let spent = 0;
  let candidates = candidatesForRank(limit / share, ef);
  while (spent + candidates <= budget && candidates < graph.graph.slots) {
    spent += candidates;
    isAllowed ??= membership(allowed);
    const found = graph.graph.search(vector, candidates, candidates);
    const fitting = found.filter(isAllowed);
    const last = fitting[limit - 1];
    const enough = last === undefined ? undefined : candidatesForRank(found.indexOf(last) + 1, ef);
    if (enough !== undefined && enough <= candidates) {
      const top = new TopHits(limit);
      matrix.scanAmong(fitting, vector, top);
      matrix.scanAmong(filtered(graph.pending, isAllowed), vector, top);
      return top.list();
    }
    candidates = enough ?? candidates * wideningFactor;
  }
  return undefined;
}

function* filtered(labels: Iterable<Label>, isAllowed: (label: Label) => boolean): Iterable<Label> {
  for (const label of labels) if (isAllowed(label)) yield label;
}
