/** What one pipeline did with each query of a set. Rows of all lists belong to the same query. */
export interface PipelineScores {
  readonly pipeline: string;
  readonly queries: readonly string[];
  /** The document that each query's gold lies in: questions about one document are not independent. */
  readonly clusters: readonly string[];
  /** By the metric's name, one value per query. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  /** Tokens of evidence text found per second of retrieval; absent where it was not counted. */
  readonly tokensPerSecond?: number;
}

export interface AbstentionScores {
  readonly pipeline: string;
  readonly answerable: number;
  readonly unanswerable: number;
  readonly areaUnderRoc: number;
  /** Share of unanswerable questions answered where 95 % of the answerable ones are. */
  readonly falseAnswerRate: number;
}

export interface SetScores {
  readonly set: string;
  readonly kind: "documents" | "spans";
  readonly documents: number;
  /** Passages in the knowledge base that Larder's own pipelines search. */
  readonly passages: number;
  /** Measured on the texts that were not in the cache; absent when all were. */
  readonly passagesEmbeddedPerSecond?: number;
  readonly pipelines: readonly PipelineScores[];
  readonly abstention: readonly AbstentionScores[];
}

/** A budget in tokens, or the one that a pipeline chooses. */
export type MeasuredBudget = number | "Auto";

/** Name of the metric of evidence recall, and of the tokens spent on it, at one budget. */
export function evidenceRecallName(tokenBudget: MeasuredBudget): string {
  return `evidenceRecallAt${tokenBudget}`;
}

export function tokensSpentName(tokenBudget: MeasuredBudget): string {
  return `tokensSpentAt${tokenBudget}`;
}
