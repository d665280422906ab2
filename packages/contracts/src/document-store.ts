import type { Call } from "./call.ts";
import type {
  DocumentStatus,
  DocumentText,
  Job,
  JobState,
  JobSummary,
  KnowledgeBase,
  Metadata,
  Page,
  PageRequest,
  StoredDocument,
  StoredPassage,
} from "./documents.ts";
import type { DocumentId, JobId, KnowledgeBaseId, PassageId } from "./ids.ts";
import type { ReindexStore } from "./reindexing.ts";
import type { SearchFilter } from "./search-filter.ts";
import type { TaskPriority } from "./task-priority.ts";
import type { TaskQueue } from "./task-queue.ts";
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
    page: PageRequest & { readonly status?: DocumentStatus; readonly externalId?: string },
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
  /**
   * SHA-256 of the bytes of every version that is live, in the making or failed, of all knowledge bases, where they begin
   * with these hexadecimal digits: what must not go from the blob store.
   */
  sha256sFrom(prefix: string, call: Call): Promise<ReadonlySet<string>>;
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
  /** @defaultValue "normal" */
  readonly priority?: TaskPriority;
}

export interface Acceptance {
  readonly document: StoredDocument;
  /** As the upload said. */
  readonly externalId?: string;
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
   * A document keeps every `externalId` that its bytes were sent under. One that exists with other bytes becomes a new
   * version of its document where it is the only sender there, and gets another document otherwise; the others keep
   * theirs. Its old text is found until the new one is.
   * @throws {@link LarderError} `KNOWLEDGE_BASE_NOT_FOUND`
   */
  accept(knowledgeBaseId: KnowledgeBaseId, uploads: readonly Upload[], call: Call): Promise<AcceptedUploads>;
  /**
   * Queues a new version of a document; with an `externalId` of its several, for that sender alone, as `accept` does.
   * The same bytes as the live version change nothing.
   * @throws {@link LarderError} `DOCUMENT_NOT_FOUND`; `DOCUMENT_SHARED` when it has several senders and the upload names
   * none of them; `DOCUMENT_CONFLICT` when another document holds these bytes, or has this `externalId`
   */
  replace(knowledgeBaseId: KnowledgeBaseId, id: DocumentId, upload: Upload, call: Call): Promise<AcceptedUploads>;
  /**
   * Removes a document with its passages, vectors and terms in one transaction, whoever sent it: no later search finds it.
   * @throws {@link LarderError} `DOCUMENT_NOT_FOUND`
   */
  deleteDocument(knowledgeBaseId: KnowledgeBaseId, id: DocumentId, call: Call): Promise<void>;
  /**
   * Removes one sender's name, and the document with it when that was its last sender.
   * @throws {@link LarderError} `KNOWLEDGE_BASE_NOT_FOUND`, `DOCUMENT_NOT_FOUND`
   */
  deleteExternalId(knowledgeBaseId: KnowledgeBaseId, externalId: string, call: Call): Promise<void>;
  /**
   * Queues a failed document's bytes again, as a job of its own.
   * @throws {@link LarderError} `DOCUMENT_NOT_FOUND`; `DOCUMENT_NOT_FAILED` when there is nothing to try again
   */
  retry(knowledgeBaseId: KnowledgeBaseId, id: DocumentId, priority: TaskPriority, call: Call): Promise<AcceptedUploads>;
}

/** Uploads as their senders follow them. */
export interface JobStore {
  /** @throws {@link LarderError} `JOB_NOT_FOUND` */
  job(id: JobId, call: Call): Promise<Job>;
  /** Newest first. With the state `failed`: the dead letters. */
  jobs(
    page: PageRequest & { readonly state?: JobState; readonly knowledgeBaseId?: KnowledgeBaseId },
    call: Call,
  ): Promise<Page<JobSummary>>;
  /**
   * Ends what is not done of a job, in one transaction: waiting tasks go, a worker that holds one learns of it at its next
   * renewal. A document that never was ready is `failed` with `JOB_CANCELLED`; one with a live version keeps that.
   * What another job waits for goes on for that one. A job that is over stays as it is.
   * @throws {@link LarderError} `JOB_NOT_FOUND`
   */
  cancelJob(id: JobId, call: Call): Promise<Job>;
  /** Forgets jobs that ended before then, in short transactions; their documents stay. How many there were. */
  pruneJobs(endedBeforeMs: number, call: Call): Promise<number>;
}

/** The record: every port of the database in one value. */
export interface DocumentStore
  extends KnowledgeBaseStore,
    DocumentReader,
    DocumentWriter,
    JobStore,
    TaskQueue,
    ReindexStore {}
