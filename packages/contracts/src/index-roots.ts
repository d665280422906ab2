import type { Call } from "./call.ts";
import type { KnowledgeBaseId } from "./ids.ts";

/** What a knowledge base holds, as one number that changes with each of its passages. */
export interface IndexRoots {
  /**
   * Merkle root over id, text and vector of every live passage, as 64 hexadecimal digits; of an unknown knowledge base
   * that of an empty one. The same passages give the same root, whatever the order in which they came. Cheap once it was
   * asked for: what changed since is added.
   */
  indexRoot(knowledgeBaseId: KnowledgeBaseId, call: Call): Promise<string>;
}
