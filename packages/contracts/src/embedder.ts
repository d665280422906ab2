import type { Brand } from "./brand.ts";
import type { Call } from "./call.ts";
import type { ComponentHealth } from "./health.ts";
import type { TokenCounter } from "./token-counter.ts";

/** Model, content hash of its files, pooling, prefix and dimensions together: two equal ids give equal vectors. */
export type EmbedderId = Brand<string, "EmbedderId">;

/**
 * Queries overtake passages that have not begun; passages of the `bulk` lane overtake most of the `background` lane's,
 * which nobody waits for. A passage gives the same bits in both.
 */
export type EmbeddingLane = "query" | "bulk" | "background";

/** Texts to unit vectors. */
export interface Embedder extends AsyncDisposable {
  readonly id: EmbedderId;
  readonly dimensions: number;
  /** Tokens of one text that the model reads; what is longer is cut, so the caller splits it first. */
  readonly textTokensMax: number;
  /** The caller may send any number of texts; this many are the sensible batch. */
  readonly textsPerCallMax: number;
  /**
   * One vector per text, in input order: a row-major matrix of `texts.length × dimensions`, each row finite and of unit
   * length. The same text gives the same bits alone, in any batch and in any order. Zero texts give an empty matrix
   * and reach no model. Rejects with `signal.reason` when aborted.
   * @throws {@link LarderError} `EMBEDDER_UNAVAILABLE`, `EMBEDDER_OUTPUT_INVALID`
   */
  embed(texts: readonly string[], lane: EmbeddingLane, call: Call): Promise<Float32Array>;
  /** Tokens of each text by the model's own tokenizer. */
  countTokens(texts: readonly string[], call: Call): Promise<readonly number[]>;
  health(): ComponentHealth;
}

/** How much of one text an embedder reads, known where no model is loaded: what a splitter has to keep to. */
export interface EmbeddingLimit {
  /** The embedder's own tokenizer; the special tokens that it puts around each text are not counted. */
  readonly tokenCounter: TokenCounter;
  /** Most tokens of a text that the embedder reads whole. */
  readonly tokensMax: number;
  /** Whether `text` has no more of them; often known without counting all of it. */
  isReadWhole(text: string): boolean;
}
