import type { DocumentId, Embedder, LeasedTask, ParsedDocument, PassageDraft } from "@larder/contracts";

/** A text that becomes a vector, with the hash that it is known by. */
export interface EmbeddedText {
  readonly text: string;
  readonly sha256: string;
}

/** What a document's text is, whoever made it. */
export interface DocumentContent extends Pick<ParsedDocument, "text" | "title" | "mediaType" | "warnings"> {
  readonly pages: number;
  readonly parserId: string;
  readonly splitterId: string;
}

/** A document that was read and cut, and lacks only its vectors. */
export interface PreparedDocument {
  readonly task: LeasedTask;
  readonly content: DocumentContent;
  /** That its vectors are to be of. */
  readonly embedder: Embedder;
  readonly tokens: number;
  readonly textSha256: string;
  readonly passages: readonly PassageDraft[];
  /** One a passage. */
  readonly texts: readonly EmbeddedText[];
  readonly parseMs: number;
  readonly splitMs: number;
  /** Set when its passages need not be embedded, because this document has them. */
  readonly duplicateOf?: DocumentId;
}

/** Vectors by the hash of the text that each is of. */
export type VectorsByText = ReadonlyMap<string, Float32Array>;
