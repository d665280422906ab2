import type { VectorCollectionId, VectorCollectionStatus, VectorSearchResult } from "@larder/contracts";
import type { IndexReport, LocalIndexOptions } from "./local-index.ts";
import type { PackedOperations } from "./packed-operations.ts";

/** What each request to the index host carries, by method. */
export interface IndexRequests {
  readonly open: LocalIndexOptions & { readonly useGraphs: boolean };
  readonly apply: { readonly id: VectorCollectionId; readonly after: number; readonly operations: PackedOperations };
  readonly search: {
    readonly id: VectorCollectionId;
    readonly vector: Float32Array;
    readonly limit: number;
    /** Labels. */
    readonly allowed: Uint32Array | undefined;
  };
  readonly status: { readonly id: VectorCollectionId };
  readonly checkpoint: { readonly id: VectorCollectionId };
  readonly drop: { readonly id: VectorCollectionId };
  readonly report: undefined;
  readonly close: undefined;
}

export type IndexMethod = keyof IndexRequests;

/** What each is answered with. */
export interface IndexReplies {
  readonly open: IndexReport;
  readonly apply: undefined;
  readonly search: VectorSearchResult;
  readonly status: VectorCollectionStatus;
  readonly checkpoint: undefined;
  readonly drop: undefined;
  readonly report: IndexReport;
  readonly close: undefined;
}
