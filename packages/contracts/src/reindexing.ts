import type { Call } from "./call.ts";
import type { Job, Metadata } from "./documents.ts";
import type { EmbedderId } from "./embedder.ts";
import type { Make, Reindexing } from "./generations.ts";
import type { KnowledgeBaseId } from "./ids.ts";

/**
 * `staged`: tasks were put into the queue; `making`: those that are there have to end first; `swapped`: searches see the
 * new generation; `none`: nothing is in the making.
 */
export type ReindexingStep = "staged" | "making" | "swapped" | "none";

/**
 * Making all documents of a knowledge base anew, from their stored bytes, into a generation beside the one that searches
 * see. It goes on wherever a process that died left it.
 */
export interface ReindexStore {
  /**
   * Whether a live document was made otherwise than `make` says; those that were kept since they could not be made anew
   * do not count. Cost: one look at each version until one is found.
   */
  isMadeOtherwise(id: KnowledgeBaseId, make: Make, call: Call): Promise<boolean>;
  /**
   * Begins. One towards the same make that is under way goes on; one towards another is given up for this one.
   * @throws {@link LarderError} `KNOWLEDGE_BASE_NOT_FOUND`
   */
  beginReindexing(id: KnowledgeBaseId, make: Make, call: Call): Promise<Job>;
  /** Those under way, oldest first. */
  reindexings(call: Call): Promise<readonly Reindexing[]>;
  /**
   * The next step, in one transaction: some documents into the queue, or, when each has a version in the new generation,
   * the swap.
   */
  advanceReindexing(id: KnowledgeBaseId, call: Call): Promise<ReindexingStep>;
  /** Removes a slice of what a former generation left, once it is `ageMs` old. `false`: nothing was left to remove. */
  removeRemains(ageMs: number, call: Call): Promise<boolean>;
  /** Keeps how an embedder was opened. */
  rememberEmbedder(embedder: RememberedEmbedder, call: Call): Promise<void>;
  rememberedEmbedder(id: EmbedderId, call: Call): Promise<RememberedEmbedder | undefined>;
}

export interface RememberedEmbedder {
  readonly id: EmbedderId;
  readonly model: string;
  /** That deviate from those of the model. */
  readonly settings: Metadata;
}
