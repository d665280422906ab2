import type {
  ArrivalRates,
  CallIntents,
  Clock,
  DocumentReader,
  Embedder,
  GeneratorRouter,
  Ids,
  IndexRoots,
  JsonValue,
  KnowledgeBaseStore,
  Ledger,
  NanoUsd,
  PastQuestions,
  Retriever,
  RoutingMemory,
  SavingsCalculator,
  TokenCounter,
} from "@larder/contracts";
import type { ExtractSettings } from "./extract-answer.ts";
import type { Holdout } from "./hold-out.ts";

export interface AnsweringSettings extends ExtractSettings {
  /** Most pieces of evidence. @defaultValue 500: the budget decides; a piece may be one sentence */
  readonly evidenceMax?: number;
  /** Confidence of the retrieval below which nothing is answered; 0 answers whenever there is evidence. @defaultValue 0.05 */
  readonly confidenceMin?: number;
  /** Least quality of a model that is asked where the policy names none; see `Policy.qualityFloor`. @defaultValue 0 */
  readonly qualityFloor?: number;
  /** Tokens that an answer is expected to take, for quotes. @defaultValue 300 */
  readonly outputTokensExpected?: number;
  /** Longest time for writing a receipt, also when the reader has left. @defaultValue 10,000 */
  readonly recordTimeoutMs?: number;
  /** Whether a receipt keeps its question when the question does not say. @defaultValue false */
  readonly keepsQuestions?: boolean;
  /** What a right answer is worth beyond a wrong one: a better model is asked for no more. @defaultValue $0.05 */
  readonly answerWorth?: NanoUsd;
  /** Cosine below which an earlier question says nothing of this one. @defaultValue 0.4 */
  readonly similarityMin?: number;
}

export interface AnsweringPorts {
  readonly retriever: Retriever;
  readonly router: GeneratorRouter;
  readonly ledger: Pick<Ledger, "record">;
  /** Told of calls under way. Absent: a process that dies leaves no word of them. */
  readonly intents?: Pick<CallIntents, "note">;
  readonly savings: SavingsCalculator;
  readonly knowledgeBases: Pick<KnowledgeBaseStore, "knowledgeBase">;
  readonly passages: Pick<DocumentReader, "passagesById">;
  /** For what a whole document would have taken. Absent: not known. */
  readonly documents?: Pick<DocumentReader, "document">;
  /** How often models are asked about knowledge bases. Absent: each request is the first. */
  readonly arrivals?: ArrivalRates;
  /** Absent: nothing is held out. */
  readonly holdout?: Holdout;
  readonly indexRoots: IndexRoots;
  readonly embedder: Pick<Embedder, "id" | "embed" | "dimensions">;
  readonly tokenCounter: TokenCounter;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Learns from what the check of each answer found. */
  readonly memory?: Pick<RoutingMemory, "observeQuality" | "observeFlag">;
  /** How earlier questions of a knowledge base turned out. Absent: none is kept, and a decision knows of none. */
  readonly pastQuestions?: PastQuestions;
  readonly settings?: AnsweringSettings;
  /** Settings of other parts that results depend on and the retriever's id does not name: only for receipts. */
  readonly furtherSettings?: Readonly<Record<string, JsonValue>>;
}
