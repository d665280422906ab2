import type { Call } from "./call.ts";
import type {
  DocumentStatus,
  DocumentText,
  Job,
  KnowledgeBase,
  Metadata,
  Page,
  PageRequest,
  StoredDocument,
  StoredPassage,
} from "./documents.ts";
import type { EmbedderId } from "./embedder.ts";
import type { ErrorRecord } from "./errors/larder-error.ts";
import type { DocumentId, JobId, KnowledgeBaseId, PassageId, TaskId } from "./ids.ts";
import type { ParseWarning, PassageDraft } from "./parsed-document.ts";
import type { SearchFilter } from "./search-filter.ts";
import type { Label } from "./vector-index.ts";

/** Knowledge bases by id. Deleting one removes its documents, passages, vectors and terms in the same transaction. */
export interface KnowledgeBaseStore {
  /** @throws {@link LarderError} `KNOWLEDGE_BASE_NAME_TAKEN` */
  createKnowledgeBase(
    draft: { readonly name: string; readonly description: string; readonly settings: Metadata },
    call: Call,
  ): Promise<KnowledgeBase>;
  /** @throws {@link LarderError} `KNOWLEDGE_BASE_NOT_FOUND` */
  knowledgeBase(id: KnowledgeBaseId, call: Call): Promise<KnowledgeBase>;
  /** `undefined` when no knowledge base has this name. */
  knowledgeBaseByName(name: string, call: Call): Promise<KnowledgeBase | undefined>;
  /** Oldest first. */
  knowledgeBases(page: PageRequest, call: Call): Promise<Page<KnowledgeBase>>;
  /** @throws {@link LarderError} `KNOWLEDGE_BASE_NOT_FOUND`, `KNOWLEDGE_BASE_NAME_TAKEN` */
  updateKnowledgeBase(
    id: KnowledgeBaseId,
    change: { readonly name?: string; readonly description?: string; readonly settings?: Metadata },
    call: Call,
  ): Promise<KnowledgeBase>;
  /** @throws {@link LarderError} `KNOWLEDGE_BASE_NOT_FOUND` */
  deleteKnowledgeBase(id: KnowledgeBaseId, call: Call): Promise<void>;
}

/** What readers of documents may do. Nothing here changes anything. */
export interface DocumentReader {
  /** @throws {@link LarderError} `DOCUMENT_NOT_FOUND` also when it belongs to another knowledge base */
  document(knowledgeBaseId: KnowledgeBaseId, id: DocumentId, call: Call): Promise<StoredDocument>;
  /** Oldest first. @throws {@link LarderError} `KNOWLEDGE_BASE_NOT_FOUND` */
  documents(
    knowledgeBaseId: KnowledgeBaseId,
    page: PageRequest & { readonly status?: DocumentStatus },
    call: Call,
  ): Promise<Page<StoredDocument>>;
  /** Text of the live version. @throws {@link LarderError} `DOCUMENT_NOT_FOUND` also before a version is ready */
  text(knowledgeBaseId: KnowledgeBaseId, id: DocumentId, call: Call): Promise<DocumentText>;
  /** Passages of the live version in order. @throws {@link LarderError} `DOCUMENT_NOT_FOUND` */
  passages(
    knowledgeBaseId: KnowledgeBaseId,
    id: DocumentId,
    page: PageRequest,
    call: Call,
  ): Promise<Page<StoredPassage>>;
  /**
   * The live passages that carry these labels in this knowledge base. Labels that are unknown, deleted, of an old
   * version or of another knowledge base are left out: an index's hit is only evidence when it comes back from here.
   */
  passagesByLabel(
    knowledgeBaseId: KnowledgeBaseId,
    labels: readonly Label[],
    call: Call,
  ): Promise<ReadonlyMap<Label, StoredPassage>>;
  /** The same by id. Ids of passages that are gone are left out. */
  passagesById(
    knowledgeBaseId: KnowledgeBaseId,
    ids: readonly PassageId[],
    call: Call,
  ): Promise<ReadonlyMap<PassageId, StoredPassage>>;
  /**
   * Labels of the live passages of every document of which the filter is true, judged by its live version. An unknown
   * knowledge base has none. Cost: the filter is asked once a document, unless it names the documents by id.
   */
  labelsMatching(knowledgeBaseId: KnowledgeBaseId, filter: SearchFilter, call: Call): Promise<ReadonlySet<Label>>;
}

/** One file or text as it was received, its bytes already durable in the blob store. */
export interface Upload {
  readonly sha256: string;
  readonly bytes: number;
  readonly title: string;
  readonly fileName?: string;
  readonly mediaType: string;
  readonly externalId?: string;
  readonly metadata: Metadata;
}

export interface Acceptance {
  readonly document: StoredDocument;
  /** Set when these bytes were here already: nothing was added. Equal to `document.id`. */
  readonly duplicateOf?: DocumentId;
}

export interface AcceptedUploads {
  /** In the order of the uploads. */
  readonly documents: readonly Acceptance[];
  readonly job: Job;
}

/** Takes documents in and away. */
export interface DocumentWriter {
  /**
   * Adds documents and one job with a task for each new one, in one transaction; durable when it returns.
   * The same bytes in the same knowledge base are one document, at any concurrency; a failed one is queued again.
   * An `externalId` that exists with other bytes becomes a new version of that document.
   * @throws {@link LarderError} `KNOWLEDGE_BASE_NOT_FOUND`
   */
  accept(knowledgeBaseId: KnowledgeBaseId, uploads: readonly Upload[], call: Call): Promise<AcceptedUploads>;
  /**
   * Queues a new version of a document. The same bytes as the live version change nothing.
   * @throws {@link LarderError} `DOCUMENT_NOT_FOUND`; `DOCUMENT_CONFLICT` when another document holds these bytes
   */
  replace(knowledgeBaseId: KnowledgeBaseId, id: DocumentId, upload: Upload, call: Call): Promise<AcceptedUploads>;
  /**
   * Removes a document with its passages, vectors and terms in one transaction: no later search finds it.
   * @throws {@link LarderError} `DOCUMENT_NOT_FOUND`
   */
  deleteDocument(knowledgeBaseId: KnowledgeBaseId, id: DocumentId, call: Call): Promise<void>;
  /** @throws {@link LarderError} `JOB_NOT_FOUND` */
  job(id: JobId, call: Call): Promise<Job>;
}

/** A task that one worker holds until `leaseExpiresAtMs`, unless it is renewed. */
export interface LeasedTask {
  readonly id: TaskId;
  readonly jobId: JobId;
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly documentId: DocumentId;
  /** The version that this task makes. */
  readonly version: number;
  readonly sha256: string;
  readonly bytes: number;
  readonly title: string;
  readonly fileName?: string;
  readonly mediaType: string;
  /** From 1. */
  readonly attempt: number;
  /** Proves the claim; a task that was leased again has another. */
  readonly leaseToken: string;
  readonly leaseExpiresAtMs: number;
}

/** Everything that makes a version ready. `vectors` is row-major, one row of `dimensions` per passage. */
export interface FinishedVersion {
  readonly text: string;
  /** Title found inside the document; the upload's title stands when it is absent. */
  readonly title?: string;
  readonly mediaType: string;
  readonly pages: number;
  /** Of the whole text, by the o200k counter. */
  readonly tokens: number;
  readonly warnings: readonly ParseWarning[];
  readonly passages: readonly PassageDraft[];
  readonly vectors: Float32Array;
  readonly dimensions: number;
  readonly embedderId: EmbedderId;
  readonly parserId: string;
  readonly splitterId: string;
}

/** The worker's side: claims, progress and ends of tasks. Each call that names a lease does nothing for a lost one. */
export interface TaskQueue {
  /** The oldest task that waits or whose lease ran out, or `undefined`. Counts as an attempt. */
  lease(worker: { readonly name: string; readonly leaseMs: number }, call: Call): Promise<LeasedTask | undefined>;
  /** `false` when the lease was lost: the worker must drop the task. */
  renew(
    task: LeasedTask,
    state: { readonly status: "parsing" | "embedding"; readonly progress: number; readonly leaseMs: number },
    call: Call,
  ): Promise<boolean>;
  /**
   * ONE transaction: passages, vectors, terms, operation log, the old version's removal, and the document is ready.
   * `false` when the lease was lost or the document was deleted: nothing was written.
   * @throws {@link LarderError} `EMBEDDER_MISMATCH` when the knowledge base holds vectors of another embedder
   */
  finish(task: LeasedTask, version: FinishedVersion, call: Call): Promise<boolean>;
  /** Ends the task for good; the document is `failed` with this error. `false` when the lease was lost. */
  fail(task: LeasedTask, error: ErrorRecord, call: Call): Promise<boolean>;
  /** Gives the task back to be leased again after `delayMs`. `false` when the lease was lost. */
  release(task: LeasedTask, error: ErrorRecord, delayMs: number, call: Call): Promise<boolean>;
  /** Tasks that wait or are held. */
  depth(call: Call): Promise<number>;
}

/** The record: every port of the database in one value. */
export interface DocumentStore extends KnowledgeBaseStore, DocumentReader, DocumentWriter, TaskQueue {}
