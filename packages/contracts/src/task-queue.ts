import type { Call } from "./call.ts";
import type { VersionTimings } from "./documents.ts";
import type { EmbedderId } from "./embedder.ts";
import type { ErrorRecord } from "./errors/larder-error.ts";
import type { DocumentId, JobId, KnowledgeBaseId, TaskId } from "./ids.ts";
import type { ParseWarning, PassageDraft } from "./parsed-document.ts";
import type { TaskPriority } from "./task-priority.ts";

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
  readonly priority: TaskPriority;
  /** That the vectors must be of; absent while the knowledge base has none. */
  readonly embedderId?: EmbedderId;
  /** Makes the live version anew, for this generation; absent: makes what a sender brought. */
  readonly remadeFor?: number;
  /** From 1. */
  readonly attempt: number;
  /** How long it waited since it was accepted, over all attempts. */
  readonly queuedMs: number;
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
  /** Of the normalised text: by it documents of the same text are found. Absent: nobody looks. */
  readonly textSha256?: string;
  /** `skip`: where a live document of the knowledge base has the same text, no passages are stored. @defaultValue keep */
  readonly onSameText?: "keep" | "skip";
  /** Came without passages, because this document has the same text. It must still have it when this is published. */
  readonly duplicateOf?: DocumentId;
  readonly passagesReused?: number;
  readonly timingsMs?: Omit<VersionTimings, "publish">;
}

/** A live version as it is stored, to be carried into another generation. `vectors` are found by `liveVectors`. */
export interface StoredVersion
  extends Pick<
    FinishedVersion,
    "text" | "title" | "mediaType" | "pages" | "tokens" | "warnings" | "passages" | "parserId" | "splitterId"
  > {
  readonly textSha256?: string;
  /** Ready without passages, because this document has them. */
  readonly leansOn?: DocumentId;
}

/**
 * `original_gone`: the version came without passages, and the document that had them is not there any more. The task is
 * still held.
 */
export type FinishOutcome = "published" | "lost" | "original_gone";

export interface GroupLease {
  readonly name: string;
  readonly leaseMs: number;
  readonly tasksMax: number;
  /** Of their documents together; one alone may have more. */
  readonly bytesMax: number;
  /** Nothing but tasks of a higher priority than this. Absent: any. */
  readonly above?: TaskPriority;
}

/** The worker's side: claims, progress and ends of tasks. Each call that names a lease does nothing for a lost one. */
export interface TaskQueue {
  /** A group of one. */
  lease(worker: Pick<GroupLease, "name" | "leaseMs">, call: Call): Promise<LeasedTask | undefined>;
  /**
   * Tasks that wait or whose lease ran out: of the highest priority that has any, from the knowledge bases in turn,
   * within each the one that is due longest. Each counts as an attempt. What was tried before comes alone, so that
   * whatever ended its worker takes no others with it.
   */
  leaseGroup(limits: GroupLease, call: Call): Promise<readonly LeasedTask[]>;
  /** `false` when the lease was lost: the worker must drop the task. */
  renew(task: LeasedTask, state: TaskState & { readonly leaseMs: number }, call: Call): Promise<boolean>;
  /** The tasks that are still held, in one transaction. */
  renewGroup(
    states: readonly (TaskState & { readonly task: LeasedTask })[],
    leaseMs: number,
    call: Call,
  ): Promise<ReadonlySet<TaskId>>;
  /**
   * ONE transaction: passages, vectors, terms, operation log, the old version's removal, and the document is ready.
   * `false` when the lease was lost or the document was deleted: nothing was written.
   * @throws {@link LarderError} `EMBEDDER_MISMATCH` when the knowledge base holds vectors of another embedder
   */
  finish(task: LeasedTask, version: FinishedVersion, call: Call): Promise<boolean>;
  /** Publishes several in ONE transaction, each as `finish` would. When one of them throws, nothing is written. */
  finishGroup(
    finished: readonly { readonly task: LeasedTask; readonly version: FinishedVersion }[],
    call: Call,
  ): Promise<readonly FinishOutcome[]>;
  /** Ends the task for good; the document is `failed` with this error. `false` when the lease was lost. */
  fail(task: LeasedTask, error: ErrorRecord, call: Call): Promise<boolean>;
  /**
   * Gives the task back to be leased again after `delayMs`. `false` when the lease was lost. An attempt that ended with
   * `SERVER_STOPPING` is not counted.
   */
  release(task: LeasedTask, error: ErrorRecord, delayMs: number, call: Call): Promise<boolean>;
  /** Makes tasks due at once that a worker of this name held. For a worker whose predecessor is known to be dead. */
  reclaim(name: string, call: Call): Promise<number>;
  /** Tasks that wait or are held. */
  depth(call: Call): Promise<number>;
  /** A live document of the task's knowledge base, not the task's own, that has this text and passages of it. */
  findSameText(task: LeasedTask, textSha256: string, call: Call): Promise<DocumentId | undefined>;
  /**
   * Vectors that the task's knowledge base has already, of whichever document, by the SHA-256 of the text that each is of
   * (`contextText`): those of `sha256s` that it has of this embedder.
   */
  heldVectors(
    task: LeasedTask,
    embedderId: EmbedderId,
    sha256s: readonly string[],
    call: Call,
  ): Promise<ReadonlyMap<string, Float32Array>>;
  /**
   * Vectors of the live version of the task's document by the SHA-256 of the text that each is of (`contextText`); none
   * when they are of another embedder.
   */
  liveVectors(task: LeasedTask, embedderId: EmbedderId, call: Call): Promise<ReadonlyMap<string, Float32Array>>;
  /** The live version of the task's document; `undefined` when it has none. */
  storedVersion(task: LeasedTask, call: Call): Promise<StoredVersion | undefined>;
  /** Which of these bytes a task waits for or holds. */
  awaited(sha256s: readonly string[], call: Call): Promise<ReadonlySet<string>>;
}

export interface TaskState {
  readonly status: "parsing" | "embedding";
  readonly progress: number;
}
