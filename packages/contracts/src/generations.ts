import type { EmbedderId } from "./embedder.ts";
import type { JobId, KnowledgeBaseId } from "./ids.ts";

/** What passages and their vectors are made with: another value of any of them may give others. */
export interface Make {
  readonly embedderId: EmbedderId;
  readonly parserId: string;
  readonly splitterId: string;
}

/** The code of the warning on a document that could not be made anew: what was made of it before is kept. */
export const keptWarning = "kept_as_it_was";

/** A generation in the making, which searches do not see until every document has a version in it. */
export interface Reindexing {
  readonly knowledgeBaseId: KnowledgeBaseId;
  /** The one in the making. */
  readonly generation: number;
  readonly jobId: JobId;
  readonly target: Make;
  readonly documents: number;
  readonly documentsLeft: number;
  readonly startedAtMs: number;
}
