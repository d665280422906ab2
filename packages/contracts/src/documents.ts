import type { EmbedderId } from "./embedder.ts";
import type { ErrorRecord } from "./errors/larder-error.ts";
import type { Reindexing } from "./generations.ts";
import type { DocumentId, JobId, KnowledgeBaseId, PassageId } from "./ids.ts";
import type { ParseWarning } from "./parsed-document.ts";
import type { PassageSentence } from "./passage-sentences.ts";
import type { Label } from "./vector-index.ts";

/** Values of any depth as JSON carries them. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What the sender says about a document; never interpreted. */
export type Metadata = Readonly<Record<string, JsonValue>>;

/** Totals over the live versions of documents. Tokens are by the named counter of the store's owner (o200k). */
export interface Counts {
  readonly documents: number;
  readonly passages: number;
  readonly tokens: number;
}

export interface KnowledgeBase {
  readonly id: KnowledgeBaseId;
  /** Unique on this machine, 1 … 200 characters. */
  readonly name: string;
  readonly description: string;
  readonly settings: Metadata;
  /** Of the vectors that searches see: the first ready document's, until another generation takes its place. */
  readonly embedderId?: EmbedderId;
  /** Which build of its passages, vectors and terms searches see, from 1; grows with each that takes another's place. */
  readonly generation: number;
  /** The one that is in the making beside it. */
  readonly reindexing?: Reindexing;
  readonly counts: Counts;
  readonly createdAtMs: number;
}

export type DocumentStatus = "queued" | "parsing" | "embedding" | "ready" | "failed";

/**
 * A document and its live version. While a new version is in the making, `status` tells of the new one and the old one
 * stays searchable; `version` is the live one, 0 before the first is ready.
 */
export interface StoredDocument {
  readonly id: DocumentId;
  readonly knowledgeBaseId: KnowledgeBaseId;
  readonly title: string;
  readonly fileName?: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** SHA-256 of the bytes, 64 hexadecimal digits. */
  readonly sha256: string;
  /** The first of {@link externalIds}. */
  readonly externalId?: string;
  /** Names that its senders gave it, in the order of their arrival; of a sender whose other bytes wait, those. */
  readonly externalIds: readonly string[];
  readonly version: number;
  readonly status: DocumentStatus;
  /** 0 … 1. */
  readonly progress: number;
  readonly error?: ErrorRecord;
  readonly warnings: readonly ParseWarning[];
  readonly counts: {
    readonly passages: number;
    readonly tokens: number;
    readonly pages: number;
    /** Passages whose vector was there already, of an older version or an earlier attempt. */
    readonly passagesReused: number;
  };
  /** Another document of the knowledge base that has the same text. */
  readonly duplicateOf?: DocumentId;
  /** Absent until a version is ready, and for versions from before they were measured. */
  readonly timingsMs?: VersionTimings;
  readonly metadata: Metadata;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/**
 * Where the time of a version went, in milliseconds. In a group, `embed` and `publish` are a document's share by its
 * passages. `publish` ends when its rows are written, before the disk's sync.
 */
export interface VersionTimings {
  readonly queued: number;
  readonly parse: number;
  readonly split: number;
  readonly embed: number;
  readonly publish: number;
}

/** A live passage as search needs it. */
export interface StoredPassage {
  readonly id: PassageId;
  readonly label: Label;
  readonly documentId: DocumentId;
  readonly version: number;
  /** Position among the version's passages, from 0. Neighbours differ by one. */
  readonly ordinal: number;
  readonly title: string;
  readonly fileName?: string;
  readonly headings: readonly string[];
  readonly page?: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** See {@link PassageDraft.lead}. */
  readonly lead: string;
  readonly tokens: number;
  /** Absent where the passage was stored before sentences were, or without a reader. */
  readonly sentences?: readonly PassageSentence[];
}

export interface DocumentText {
  readonly documentId: DocumentId;
  readonly version: number;
  readonly text: string;
}

export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

/** What became of a document of an upload, or where it is. Names are the newest version's. */
export interface JobDocument {
  readonly id: DocumentId;
  readonly title: string;
  readonly fileName?: string;
  readonly externalId?: string;
  /** Searches find a version of it, also where the newest one failed. */
  readonly isLive: boolean;
  readonly status: DocumentStatus;
  readonly progress: number;
  readonly error?: ErrorRecord;
  /** Tries that it took or failed after; absent while it is in the making. */
  readonly attempts?: number;
  /** Another document that has the same text. */
  readonly duplicateOf?: DocumentId;
}

/** How a job stands, at a cost that does not grow with it. */
export interface JobSummary {
  readonly id: JobId;
  readonly knowledgeBaseId: KnowledgeBaseId;
  /** `reindex`: all documents made anew; it ends when searches see them. It lists only documents that failed. */
  readonly kind: "upload" | "reindex";
  /** `failed` when every task ended and at least one failed. */
  readonly state: JobState;
  /** 0 … 1: the mean over its documents, or above {@link jobDocumentsListedMax} of them the share that ended. */
  readonly progress: number;
  readonly counts: { readonly documents: number; readonly ready: number; readonly failed: number };
  /** The first that failed, at most {@link jobFailuresListedMax}. */
  readonly failures: readonly JobDocument[];
  readonly createdAtMs: number;
  readonly finishedAtMs?: number;
}

/** The public record of one upload: as many tasks as it brought new documents. */
export interface Job extends JobSummary {
  /** In the order of the upload, at most {@link jobDocumentsListedMax}. */
  readonly documents: readonly JobDocument[];
}

/** Documents that a job lists: whoever follows a larger one reads its counts. Chosen arbitrarily. */
export const jobDocumentsListedMax = 1_000;
/** Chosen arbitrarily. */
export const jobFailuresListedMax = 20;

export interface Page<T> {
  readonly data: readonly T[];
  /** Hand this back to read on; absent at the end. */
  readonly nextCursor?: string;
}

export interface PageRequest {
  /** 1 … 200. */
  readonly limit: number;
  readonly cursor?: string;
}
