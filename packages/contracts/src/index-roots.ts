import type { Call } from "./call.ts";
import type { KnowledgeBaseId, PassageId } from "./ids.ts";

/** What a knowledge base holds, as one number that changes with each of its passages. */
export interface IndexRoots {
  /**
   * Merkle root over id, text and vector of every live passage, as 64 hexadecimal digits; of an unknown knowledge base
   * that of an empty one. The same passages give the same root, whatever the order in which they came. Cheap once it was
   * asked for: what changed since is added.
   */
  indexRoot(knowledgeBaseId: KnowledgeBaseId, call: Call): Promise<string>;
  /** That a passage belongs to the root of now; `undefined` when no live passage of the knowledge base has this id. */
  prove(knowledgeBaseId: KnowledgeBaseId, passageId: PassageId, call: Call): Promise<PassageProof | undefined>;
}

/** That a passage with this text and this vector belongs to what a root covers. Hashes are 64 hexadecimal digits. */
export interface PassageProof {
  readonly root: string;
  readonly passageId: PassageId;
  /** Of the text as UTF-8. */
  readonly textSha256: string;
  /** Of the vector's 32-bit floats in little-endian order. */
  readonly vectorSha256: string;
  /** The neighbours on the way to the root, from the leaf upwards, and where each stands. */
  readonly path: readonly { readonly side: "left" | "right"; readonly hash: string }[];
}
