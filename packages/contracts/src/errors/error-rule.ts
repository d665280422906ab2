/** Who must act before the same call can succeed. */
export type Blame = "caller" | "provider" | "us";

export interface ErrorRule {
  readonly blame: Blame;
  /** The same call, unchanged, may succeed later. */
  readonly retryable: boolean;
  readonly meaning: string;
  /** What to do about it, in one sentence. */
  readonly hint: string;
}
