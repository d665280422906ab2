import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { VectorCollectionId, VectorCollectionStatus, VectorHit, VectorSearchResult } from "@larder/contracts";
import { folderName } from "../folder-name.ts";
import type { PackedOperations } from "../packed-operations.ts";
import { TopHits } from "../top-hits.ts";
import type { Rows } from "./index-frames.ts";

/** A collection that is divided has these in its place, each an index of its own: label mod `of` says which. */
export function partId(id: VectorCollectionId, part: number, of: number): VectorCollectionId {
  return `${folderName(id)}_s${part}of${of}` as VectorCollectionId; // named like no knowledge base
}

/** Of how many parts this is one; 1 for a whole collection. */
export function partCountOf(id: VectorCollectionId): number {
  return Number(/_s\d+of(\d+)$/.exec(id)?.[1] ?? 1);
}

/**
 * Into how many parts a collection is divided on disk: 1 while it is whole. A whole one beside parts means that dividing
 * it was cut off before its last step; the parts are removed. So is what belongs to no complete division, and what was
 * left of the whole one by a process that was killed as it removed it.
 */
export async function partsOnDisk(folder: string, id: VectorCollectionId): Promise<number> {
  const name = folderName(id);
  const names: readonly string[] = await readdir(folder).catch(() => []);
  const isPart = new RegExp(`^${name}_s\\d+of(\\d+)$`);
  const divisions = names.map((other) => Number(isPart.exec(other)?.[1] ?? 1)).filter((of) => of > 1);
  const isThere = (part: string): boolean => names.includes(part);
  const whole = divisions.find((of) => partIds(id, of).every(isThere));
  const of = isThere(name) || whole === undefined ? 1 : whole;
  if (divisions.length === 0) return 1;
  const kept = new Set<string>(of === 1 ? [] : partIds(id, of));
  const stray = names.filter((other) => isPart.test(other) && !kept.has(other));
  if (of > 1) stray.push(`${name}.dropped`);
  await Promise.all(stray.map((other) => rm(join(folder, other), { recursive: true, force: true })));
  return of;
}

function partIds(id: VectorCollectionId, of: number): readonly VectorCollectionId[] {
  return Array.from({ length: of }, (_, part) => partId(id, part, of));
}

/**
 * What one part does with operations of the whole: its own, and for every other a delete, which does nothing to it but
 * takes it to the same sequence.
 */
export function operationsOfPart(
  { sequences, labels, isAdd, vectors }: PackedOperations,
  part: number,
  of: number,
  dimensions: number,
): PackedOperations {
  const isOwn = (label: number): boolean => label % of === part;
  const own = isAdd.map((add, i) => (add === 1 && isOwn(labels[i] ?? 0) ? 1 : 0));
  const rows = own.reduce((sum, add) => sum + add, 0);
  const ownVectors = new Float32Array(rows * dimensions);
  let from = 0;
  let to = 0;
  for (const [i, add] of isAdd.entries()) {
    if (add === 0) continue;
    if (own[i] === 1) {
      ownVectors.set(vectors.subarray(from, from + dimensions), to);
      to += dimensions;
    }
    from += dimensions;
  }
  return { sequences, labels, isAdd: own, vectors: ownVectors };
}

/** Rows of a whole collection as operations that end at `lastSequence`. */
export function rowsAsOperations({ labels, vectors }: Rows, lastSequence: number): PackedOperations {
  const sequences = Float64Array.from(labels, (_, i) => lastSequence - labels.length + 1 + i);
  return { sequences, labels, isAdd: new Uint8Array(labels.length).fill(1), vectors };
}

export function isLevel(results: readonly VectorSearchResult[]): boolean {
  return results.every(({ appliedSequence }) => appliedSequence === results[0]?.appliedSequence);
}

/**
 * The best of all parts. When one of them missed what the others were given, they show a state that never was: it is said
 * to be of no sequence, so that whoever follows the log brings them level and asks again.
 */
export function mergeResults(results: readonly VectorSearchResult[], limit: number): VectorSearchResult {
  const top = new TopHits(limit);
  for (const { hits } of results) for (const { label, score } of hits) top.offer(score, label);
  const hits: readonly VectorHit[] = top.list();
  const degraded = results.find((result) => result.degraded !== undefined)?.degraded;
  const appliedSequence = isLevel(results) ? (results[0]?.appliedSequence ?? 0) : 0;
  return { hits, appliedSequence, ...(degraded === undefined ? {} : { degraded }) };
}

/** Of the parts, the largest ef, the least recall and the fewest questions. */
export function mergeStatuses(statuses: readonly VectorCollectionStatus[]): VectorCollectionStatus {
  const degraded = statuses.find((status) => status.degraded !== undefined)?.degraded;
  const tuned = statuses.flatMap(({ ef, recall, asked = 0 }) =>
    ef === undefined || recall === undefined ? [] : { ef, recall, asked },
  );
  return {
    kind: statuses.every(({ kind }) => kind === "hnsw") ? "hnsw" : "exact",
    count: statuses.reduce((sum, { count }) => sum + count, 0),
    appliedSequence: Math.min(...statuses.map((status) => status.appliedSequence)),
    durableSequence: Math.min(...statuses.map((status) => status.durableSequence ?? 0)),
    ...(tuned.length < statuses.length
      ? {}
      : {
          ef: Math.max(...tuned.map(({ ef }) => ef)),
          recall: Math.min(...tuned.map(({ recall }) => recall)),
          asked: Math.min(...tuned.map(({ asked }) => asked)),
        }),
    ...(degraded === undefined ? {} : { degraded }),
  };
}
