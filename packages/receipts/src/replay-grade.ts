/**
 * How well a retrieval that was made again repeats the recorded one, best first.
 *
 * - `R3`: `R2` from the same vectors: index root, embedder and the question's vector are the same, bit for bit.
 * - `R2`: the same pieces of the same text at the same places, in the same order, and the same quantised scores.
 * - `R1`: the same passage ids in the same order.
 * - `R0`: Jaccard similarity of the passage ids of at least {@link jaccardMin}.
 *
 * @source reference/savings.md §7; metrics of ReproRAG, arXiv 2509.18869: exact match, Jaccard
 */
export type ReplayGrade = "R3" | "R2" | "R1" | "R0";

/** Worst first, for comparing. */
export const replayGrades: readonly ReplayGrade[] = ["R0", "R1", "R2", "R3"];

/** Half of all passages of both lists are in both. Chosen arbitrarily; the similarity itself is told as well. */
export const jaccardMin = 0.5;

/** Scores, which lie between 0 and about 1.4, are compared in steps of this. Chosen arbitrarily: far above float noise. */
export const scoreStep = 1e-4;

export interface RetrievedHit {
  /** All passages of the piece, in order. */
  readonly passageIds: readonly string[];
  readonly start?: number;
  readonly end?: number;
  readonly textSha256: string;
  readonly score: number;
}

export interface RetrievedHits {
  readonly hits: readonly RetrievedHit[];
  /** Absent when it is not known: then no grade above `R2` can be reached. */
  readonly indexRoot?: string;
  readonly embedderId: string;
  /** Absent when nothing was embedded. */
  readonly queryVectorSha256?: string;
}

export interface GradedReplay {
  /** Absent: not even `R0`. */
  readonly grade?: ReplayGrade;
  /** Of the passage ids, 0 … 1; 1 when both found nothing. */
  readonly jaccard: number;
  readonly passages: { readonly recorded: number; readonly replayed: number; readonly common: number };
}

export function gradeReplay(recorded: RetrievedHits, replayed: RetrievedHits): GradedReplay {
  const [before, now] = [passagesOf(recorded), passagesOf(replayed)];
  const common = [...before].filter((id) => now.has(id)).length;
  const union = before.size + now.size - common;
  const jaccard = union === 0 ? 1 : common / union;
  const passages = { recorded: before.size, replayed: now.size, common };
  const grade = gradeOf(recorded, replayed, jaccard);
  return { ...(grade !== undefined && { grade }), jaccard, passages };
}

function gradeOf(recorded: RetrievedHits, replayed: RetrievedHits, jaccard: number): ReplayGrade | undefined {
  const isEach = (same: (a: RetrievedHit, b: RetrievedHit) => boolean) =>
    recorded.hits.length === replayed.hits.length &&
    recorded.hits.every((hit, index) => {
      const other = replayed.hits[index];
      return other !== undefined && same(hit, other);
    });
  if (!isEach(hasSameIds)) return jaccard >= jaccardMin ? "R0" : undefined;
  if (!isEach(isSamePiece)) return "R1";
  return hasSameVectors(recorded, replayed) ? "R3" : "R2";
}

function passagesOf({ hits }: RetrievedHits): ReadonlySet<string> {
  return new Set(hits.flatMap(({ passageIds }) => passageIds));
}

function hasSameIds(a: RetrievedHit, b: RetrievedHit): boolean {
  return a.passageIds.length === b.passageIds.length && a.passageIds.every((id, index) => id === b.passageIds[index]);
}

function isSamePiece(a: RetrievedHit, b: RetrievedHit): boolean {
  const isSameText = a.textSha256 === b.textSha256 && a.start === b.start && a.end === b.end;
  return isSameText && quantise(a.score) === quantise(b.score);
}

function quantise(score: number): number {
  return Math.round(score / scoreStep);
}

function hasSameVectors(a: RetrievedHits, b: RetrievedHits): boolean {
  return (
    a.indexRoot !== undefined &&
    a.indexRoot === b.indexRoot &&
    a.embedderId === b.embedderId &&
    a.queryVectorSha256 !== undefined &&
    a.queryVectorSha256 === b.queryVectorSha256
  );
}
