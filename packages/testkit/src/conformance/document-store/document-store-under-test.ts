import type { DocumentStore, IndexOperationLog, LexicalSearcher } from "@larder/contracts";
import type { ManualClock } from "../../manual-clock.ts";

/** An empty store, and what tells whether its parts agree. */
export interface DocumentStoreUnderTest extends AsyncDisposable {
  readonly documents: DocumentStore;
  readonly lexical: LexicalSearcher;
  readonly operationLog: IndexOperationLog;
  readonly clock: ManualClock;
}

export type OpenDocumentStore = () => Promise<DocumentStoreUnderTest>;
