import type {
  AuditableIndex,
  Call,
  VectorCollection,
  VectorCollectionStatus,
  VectorIndex,
  VectorIndexAudit,
  VectorSample,
  VectorSampler,
} from "@larder/contracts";

/** An index that can be looked into without keeping it in memory for that. */
export interface UpkeptIndex extends VectorIndex, AuditableIndex {
  isHeld(collection: VectorCollection["id"]): boolean;
  release(collection: VectorCollection["id"], call: Call): Promise<void>;
}

export interface UpkeptVectors {
  indexOf(collection: VectorCollection): Promise<UpkeptIndex>;
  catchUp(collection: VectorCollection, call: Call): Promise<void>;
  rebuild(collection: VectorCollection, call: Call): Promise<void>;
}

/** What one audit of one collection has shown. */
export type CollectionAuditResult =
  /** Documents came and went all the while, or the knowledge base is gone: nothing can be said. */
  | { readonly kind: "unsettled" }
  | {
      readonly kind: "sound" | "damaged";
      readonly vectors: number;
      readonly samples: number;
      readonly recall: number;
      readonly sampledQueries: number;
      /** In words, without labels; empty for a sound one. */
      readonly problems: readonly string[];
    };

const samplesPerAudit = 1_000;
const queriesPerAudit = 100;
const recallMinMax = 0.95; // at 10 hits
const recallSlack = 0.04; // three standard deviations of a hundred searches
const attemptsMax = 5;

/**
 * Compares an index with the database: their counts, vectors of a sample of passages, and the recall of a sample of
 * searches. What both hold changes all the time, so only a comparison that nothing came into counts.
 */
export async function auditCollection(
  sampler: VectorSampler,
  vectors: UpkeptVectors,
  collection: VectorCollection,
  call: Call,
): Promise<CollectionAuditResult> {
  const index = await vectors.indexOf(collection);
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    await vectors.catchUp(collection, call);
    const truth = await sampler.sample(collection.id, samplesPerAudit, call);
    if (truth === undefined) break;
    const before = await index.status(collection.id, call);
    if (before.appliedSequence !== truth.sequence) continue;
    const found = await index.audit(collection.id, { samples: truth.samples, queries: queriesPerAudit }, call);
    if (found.appliedSequence !== truth.sequence) continue;
    const problems = problemsOf(truth, found, recallMinOf(before));
    const { recall, sampledQueries } = found;
    return {
      kind: problems.length === 0 ? "sound" : "damaged",
      ...{ vectors: truth.count, samples: truth.samples.length, recall, sampledQueries, problems },
    };
  }
  return { kind: "unsettled" };
}

/**
 * A graph is held to what it was tuned for, which may be less than others have: making it anew would not find more. One
 * that nobody has measured yet promises nothing.
 */
function recallMinOf({ kind, recall }: VectorCollectionStatus): number {
  if (recall !== undefined) return Math.min(recallMinMax, recall - recallSlack);
  return kind === "exact" ? recallMinMax : 0;
}

/** Pure. What tells an index from the truth. */
function problemsOf(truth: VectorSample, found: VectorIndexAudit, recallMin: number): readonly string[] {
  const { samples } = truth;
  const problems: string[] = [];
  if (found.count !== truth.count) problems.push(`${found.count} vectors in place of ${truth.count}`);
  if (found.graphMissing > 0) problems.push(`${found.graphMissing} vectors missing from the graph`);
  if (found.missing.length > 0) problems.push(`${found.missing.length} of ${samples.length} samples missing`);
  if (found.differing.length > 0) problems.push(`${found.differing.length} of ${samples.length} samples differ`);
  if (found.recall < recallMin) problems.push(`recall@10 of ${found.recall.toFixed(3)}, below ${recallMin.toFixed(3)}`);
  return problems;
}
