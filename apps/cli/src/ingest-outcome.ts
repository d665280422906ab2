import type { DocumentBody, DocumentErrorBody } from "./wire.ts";

/** What became of one document. An archive gives as many as it holds files. */
export interface IngestOutcome {
  /** The item's name, and behind it the path inside an archive. */
  readonly name: string;
  readonly outcome: "added" | "changed" | "unchanged" | "duplicate" | "failed";
  /** Of a duplicate: the item of the same bytes. */
  readonly sameBytesAs?: string;
  readonly documentId?: string;
  /** That it was sent under. */
  readonly externalId?: string;
  readonly error?: DocumentErrorBody;
  /** Of what failed: searches find the version before it. */
  readonly isLive?: boolean;
  /** Once it is ready. */
  readonly made?: Pick<DocumentBody, "counts" | "timings_ms" | "duplicate_of">;
}
