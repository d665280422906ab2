import type { Brand } from "./brand.ts";
import type { Call } from "./call.ts";
import type { EmbedderId } from "./embedder.ts";
import type { ComponentHealth } from "./health.ts";
import type { KnowledgeBaseId } from "./ids.ts";

/** The passage's number in the database: an integer in 1 … 2³² − 2, allocated once and never used again. */
export type Label = Brand<number, "Label">;

export const labelMax = 4_294_967_294;

/** The vectors of one generation of a knowledge base: the first has the knowledge base's own id. */
export type VectorCollectionId = KnowledgeBaseId | Brand<string, "VectorCollectionId">;

export function vectorCollectionOf(id: KnowledgeBaseId, generation: number): VectorCollectionId {
  return generation === 1 ? id : (`${id}_g${generation}` as VectorCollectionId);
}

/** The opposite of {@link vectorCollectionOf}. */
export function generationOf(collection: VectorCollectionId): {
  readonly id: KnowledgeBaseId;
  readonly generation: number;
} {
  const [, id = collection, number = "1"] = /^(kb_[a-z0-9]+)_g([1-9]\d*)$/.exec(collection) ?? [];
  return { id: id as KnowledgeBaseId, generation: Number(number) };
}

/** Where the vectors of a generation are, and whose they are. */
export interface VectorCollection {
  readonly id: VectorCollectionId;
  /** Absent before the first vector. */
  readonly embedderId?: EmbedderId;
}

/** Which collections there are. */
export interface VectorCollections {
  /** That searches see now; `undefined` when there is no such knowledge base. Cheap: asked before each search. */
  live(knowledgeBaseId: KnowledgeBaseId): Promise<VectorCollection | undefined>;
  /** Of generations in the making. */
  coming(): Promise<readonly VectorCollection[]>;
}

/**
 * One entry of the ordered log from which an index is derived. `sequence` grows strictly within a knowledge base. An
 * `add` of a label that the index holds replaces its vector; a `delete` of one that it does not hold does nothing.
 */
export type IndexOperation =
  | { readonly sequence: number; readonly kind: "add"; readonly label: Label; readonly vector: Float32Array }
  | { readonly sequence: number; readonly kind: "delete"; readonly label: Label };

export interface VectorHit {
  readonly label: Label;
  /** Cosine similarity, -1 … 1; greater is better. */
  readonly score: number;
}

/** How an index answers: by comparing with every vector, or approximately through a graph. */
export type VectorIndexKind = "exact" | "hnsw";

export interface VectorApplyOptions {
  /** The sequence that the first operation follows in the log; 0 for the beginning. */
  readonly after: number;
}

export interface VectorSearchOptions {
  /** Neighbours wanted, >= 1. */
  readonly limit: number;
  /** When given, only these labels may be returned. */
  readonly allowed?: ReadonlySet<Label>;
}

export interface VectorSearchResult {
  /** At most `limit` live labels, best first; ties go to the smaller label. */
  readonly hits: readonly VectorHit[];
  /** The last operation that these hits take into account. */
  readonly appliedSequence: number;
  /** Set while exact search stands in for a graph that is being built or cannot be built: right, but slower. */
  readonly degraded?: string;
}

export interface VectorCollectionStatus {
  readonly kind: VectorIndexKind;
  /** Live vectors. */
  readonly count: number;
  /** The last operation that is in the index; 0 when there is none. */
  readonly appliedSequence: number;
  /**
   * The least operation that the index may come back to without having lost everything: what its oldest checkpoint holds.
   * Absent where no checkpoint is kept.
   */
  readonly durableSequence?: number;
  /** Candidates that a search of the graph looks at; absent before they were chosen by measurement. */
  readonly ef?: number;
  /**
   * Recall@10 that was measured with them on sampled queries, 0 … 1. Of a collection that is divided: of each part's share of
   * the ten and one more, the least of all parts.
   */
  readonly recall?: number;
  /** Questions that had come when `ef` was chosen. 0: it was chosen by stored vectors, and is rather larger than need be. */
  readonly asked?: number;
  /** Set while exact search stands in for a graph that is being built or cannot be built. */
  readonly degraded?: string;
}

/**
 * Vectors to neighbours, one collection per generation of a knowledge base. The database is the record and this is derived from it: it
 * may be deleted at any time and is rebuilt by applying the operation log from `appliedSequence`.
 */
export interface VectorIndex extends AsyncDisposable {
  readonly dimensions: number;
  /**
   * Applies operations in the order given and skips those at or below `appliedSequence`, so that a repeated call
   * changes nothing. All or nothing for one call as far as later searches can tell.
   * @throws {@link LarderError} `INDEX_VECTOR_INVALID` before anything is applied; `INDEX_BEHIND` when `after` is
   * greater than `appliedSequence`, for an index may lose what it applied at any time; `INDEX_UNAVAILABLE`
   */
  apply(
    collection: VectorCollectionId,
    operations: readonly IndexOperation[],
    options: VectorApplyOptions,
    call: Call,
  ): Promise<void>;
  /**
   * The nearest live labels. An unknown or empty collection has no hits, and neither has an empty `allowed`.
   * @throws {@link LarderError} `INDEX_VECTOR_INVALID`, `INDEX_UNAVAILABLE`
   */
  search(
    collection: VectorCollectionId,
    vector: Float32Array,
    options: VectorSearchOptions,
    call: Call,
  ): Promise<VectorSearchResult>;
  /** State of one collection; a collection that was never written has count 0 and sequence 0. */
  status(collection: VectorCollectionId, call: Call): Promise<VectorCollectionStatus>;
  /** Makes what was applied durable as a checkpoint, where the adapter keeps any. */
  checkpoint(collection: VectorCollectionId, call: Call): Promise<void>;
  /** Forgets a collection and its checkpoints. */
  drop(collection: VectorCollectionId, call: Call): Promise<void>;
  health(): ComponentHealth;
}

export interface VectorAuditRequest {
  /** What the database holds of some labels, to be compared; vectors of any length, for only their direction counts. */
  readonly samples: readonly { readonly label: Label; readonly vector: Float32Array }[];
  /** Searches to be compared with exact search, 0 … 100. */
  readonly queries: number;
}

/** What comparing an index with the truth has shown. */
export interface VectorIndexAudit {
  /** The last operation that all of it takes into account. Absent when something was applied meanwhile. */
  readonly appliedSequence?: number;
  /** Live vectors. */
  readonly count: number;
  /** Live vectors that a graph should hold and does not; 0 where no graph is used. */
  readonly graphMissing: number;
  /** Labels of samples that the index does not hold. */
  readonly missing: readonly Label[];
  /** Labels of samples whose vector is another in the index. */
  readonly differing: readonly Label[];
  /** Mean recall against exact search, measured as {@link VectorCollectionStatus.recall} is; 1 when there was nothing to search for. */
  readonly recall: number;
  /** Searches that `recall` is the mean of: fewer than asked for when there are fewer vectors. */
  readonly sampledQueries: number;
}

/** An index that can be compared with the database it is derived from, and with exact search. */
export interface AuditableIndex {
  /**
   * Runs in slices between searches. An unknown collection has count 0 and lacks every sample.
   * @throws {@link LarderError} `INDEX_VECTOR_INVALID`, `INDEX_UNAVAILABLE`
   */
  audit(collection: VectorCollectionId, request: VectorAuditRequest, call: Call): Promise<VectorIndexAudit>;
}

/** What the database holds of a collection, at one moment. */
export interface VectorSample {
  /** The newest operation of the log. */
  readonly sequence: number;
  /** Of all vectors of the collection. */
  readonly count: number;
  /** Chosen at random, each once; fewer where there are fewer. */
  readonly samples: VectorAuditRequest["samples"];
}

/** The vectors of the record, for whoever compares an index with them. */
export interface VectorSampler {
  /** Live collections that have vectors. */
  collections(call: Call): Promise<readonly VectorCollection[]>;
  /** `undefined` when searches no longer see this collection. */
  sample(collection: VectorCollectionId, size: number, call: Call): Promise<VectorSample | undefined>;
}

/** The ordered log of each collection's vectors, as the database holds it. */
export interface IndexOperationLog {
  /** The newest sequence of this collection; 0 when there is none. Cheap: asked before each search. */
  latestSequence(collection: VectorCollectionId): Promise<number>;
  /** At most `limit` operations after `sequence`, in order, with their vectors. */
  readAfter(collection: VectorCollectionId, sequence: number, limit: number): Promise<readonly IndexOperation[]>;
  /**
   * Deletes up to this sequence may be missing; 0 while none is. An index that holds some operations, but not all of these,
   * may hold labels that nothing will ever take out of it: it has to begin anew.
   */
  prunedThrough(collection: VectorCollectionId): Promise<number>;
}

/** What of the log no index needs any more. */
export interface IndexLogPruning {
  /** Collections whose log holds deletes, and how many. Those in the making are left out: they are new. */
  deletes(call: Call): Promise<readonly { readonly collection: VectorCollection; readonly count: number }[]>;
  /**
   * Removes deletes up to `through`, each with the add that it ends, in short transactions. The collection's newest operation
   * stays. How many rows were removed. Rejects with `signal.reason` when aborted; what was removed until then is.
   */
  prune(collection: VectorCollectionId, through: number, call: Call): Promise<number>;
}

/** What a retriever needs of the index: answers that hold everything the database had committed when it asked. */
export interface VectorSearcher {
  /**
   * Applies what the operation log holds beyond the index, then searches. Hits may still name passages that a commit
   * removed meanwhile; the caller confirms each against the database.
   * @throws {@link LarderError} `INDEX_VECTOR_INVALID`, `INDEX_UNAVAILABLE`
   */
  search(
    knowledgeBaseId: KnowledgeBaseId,
    vector: Float32Array,
    options: VectorSearchOptions,
    call: Call,
  ): Promise<Pick<VectorSearchResult, "hits" | "degraded">>;
  health(): ComponentHealth;
}
