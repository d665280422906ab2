import type { VectorCollectionId, VectorCollectionStatus } from "@larder/contracts";
import type { GraphChoice } from "./graphs/load-graph-library.ts";
import type { IndexReport, LocalIndexOptions } from "./local-index.ts";

/** What each request to the index host carries, by method. What has vectors in it goes as frames (hosts/index-frames.ts). */
export interface IndexRequests {
  readonly open: LocalIndexOptions & { readonly graphs: GraphChoice };
  readonly status: { readonly id: VectorCollectionId };
  readonly checkpoint: { readonly id: VectorCollectionId };
  readonly drop: { readonly id: VectorCollectionId };
  readonly unload: { readonly id: VectorCollectionId };
  readonly report: undefined;
  readonly close: undefined;
}

export type IndexMethod = keyof IndexRequests;

/** What each is answered with. */
export interface IndexReplies {
  readonly open: IndexReport;
  readonly status: VectorCollectionStatus;
  readonly checkpoint: undefined;
  readonly drop: undefined;
  readonly unload: undefined;
  readonly report: IndexReport;
  readonly close: undefined;
}
