import type { Brand } from "./brand.ts";
import type { Call } from "./call.ts";
import type { ComponentHealth } from "./health.ts";

/** Model, content hash of its files and form of its input together: two equal ids give equal scores. */
export type RerankerId = Brand<string, "RerankerId">;

/** Judges how well passages answer a query, by reading each together with it. */
export interface Reranker extends AsyncDisposable {
  readonly id: RerankerId;
  /** Most passages of one call; the caller splits longer lists. */
  readonly passagesPerCallMax: number;
  /**
   * One finite score per passage, in input order; greater is better, comparable for one query only. A passage has the
   * same score alone, in any list and in any order. Passages are texts, with title and headings where they have them;
   * what is too long is cut. Zero passages give `[]` and reach no model. Rejects with `signal.reason` when aborted.
   * @throws {@link LarderError} `RERANKER_UNAVAILABLE`, `RERANKER_OUTPUT_INVALID`
   */
  score(query: string, passages: readonly string[], call: Call): Promise<readonly number[]>;
  health(): ComponentHealth;
}
