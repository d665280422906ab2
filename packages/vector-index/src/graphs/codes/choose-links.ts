import type { CodeRows } from "./code-rows.ts";

const pieceRows = 8; // compared at once: most candidates are refused by one of the first that were chosen
const sameScoreMin = 1 - 1e-6; // of equal codes, after rounding
const sameShareMax = 0.5; // of the places

/**
 * Chooses links among candidates, the nearest first: one that is nearer to a chosen one than to the node itself is reached
 * through that one, and left out. So links lead into all directions, out of the node's own cluster too. Fewer candidates
 * than places are all taken. Gives how many `chosen` holds then.
 *
 * No equal vector covers another, so those of a text that stands in a thousand documents would fill all places of each other, and no way
 * would lead out of them: they get half of the places.
 *
 * @source Malkov, Yashunin, algorithm 4, without extending or keeping candidates, as hnswlib has it
 */
export function chooseLinks(
  rows: CodeRows,
  nodes: Uint32Array,
  scores: Float64Array,
  count: number,
  places: number,
  chosen: Uint32Array,
): number {
  if (count < places) {
    chosen.set(nodes.subarray(0, count));
    return count;
  }
  let taken = 0;
  for (let i = 0; i < count && taken < places; i++) {
    const candidate = nodes[i] as number;
    const score = scores[i] as number;
    if (score >= sameScoreMin && taken >= places * sameShareMax) continue;
    if (!isCovered(rows, candidate, score, chosen, taken)) chosen[taken++] = candidate;
  }
  return taken;
}

function isCovered(rows: CodeRows, candidate: number, score: number, chosen: Uint32Array, taken: number): boolean {
  if (taken === 0) return false;
  const { batch, scores } = rows;
  rows.askForRow(candidate);
  for (let first = 0; first < taken; first += pieceRows) {
    const count = Math.min(pieceRows, taken - first);
    for (let i = 0; i < count; i++) batch[i] = chosen[first + i] as number;
    rows.score(count);
    for (let i = 0; i < count; i++) if ((scores[i] as number) > score) return true;
  }
  return false;
}
