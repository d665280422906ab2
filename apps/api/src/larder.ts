import type { ProvePassage, ReplayReceipt } from "@larder/answering";
import type {
  AnswerQuestion,
  ArchiveReader,
  BatchRequests,
  BlobStore,
  BudgetStore,
  Call,
  CallIntents,
  Clock,
  ComponentHealth,
  DocumentStore,
  Embedder,
  EmbedderId,
  FeedbackStore,
  GeneratorRouter,
  IdempotencyStore,
  Ids,
  KnowledgeBaseId,
  Ledger,
  LexicalSearcher,
  Make,
  ModelProber,
  PastQuestions,
  Policy,
  PriceBook,
  RankingRetriever,
  ReachFailPoint,
  RoutingMemory,
  SavingsCalculator,
  SentenceReader,
  SitemapReader,
  SummariseSavings,
  TokenCounter,
  WebFetcher,
} from "@larder/contracts";
import type { Catalog } from "@larder/generator-router";
import type { IndexUpkeep } from "./index-upkeep/index-upkeep.ts";
import type { LastingWork } from "./lasting-work.ts";
import type { MeasuredRuns } from "./savings-runs/run-request.ts";

/** Everything the HTTP routes use, as ports. `compose.ts` makes one from the adapters; tests make one the same way. */
export interface Larder extends AsyncDisposable {
  readonly store: DocumentStore;
  readonly blobs: BlobStore;
  readonly webFetcher: WebFetcher;
  /** Opens what documents come in. */
  readonly sources: ArchiveReader & SitemapReader;
  readonly ledger: Ledger;
  /** Word of calls under way, for a process that dies. */
  readonly callIntents: CallIntents;
  readonly batchRequests: BatchRequests;
  /** Tells the batch lane that a request waits. */
  wakeBatches(): void;
  readonly budgets: BudgetStore;
  readonly idempotency: IdempotencyStore;
  /** Whose search can be had once for several budgets. */
  readonly retriever: RankingRetriever;
  /** One side of the retriever's search, for whoever measures it alone. */
  readonly lexical: LexicalSearcher;
  readonly router: GeneratorRouter;
  /** Looks after the vector index. */
  readonly indexUpkeep: Pick<IndexUpkeep, "audit" | "counts" | "onReport">;
  /** The prices that would be in force with another catalog; nothing is written. */
  priceBookOf(catalog: Catalog): Promise<PriceBook>;
  /** What the router has learned, and the answers' verdicts teach. */
  readonly routingMemory: RoutingMemory;
  readonly prober: ModelProber;
  readonly feedback: FeedbackStore;
  /** Absent where none is to be kept. */
  readonly pastQuestions?: PastQuestions;
  readonly embedder: Embedder;
  readonly tokenCounter: TokenCounter;
  readonly sentenceReader: SentenceReader;
  readonly answerQuestion: AnswerQuestion;
  /** The policy that a question is asked with: with the quality that answers from documents have at least. */
  answerPolicy(policy: Policy): Policy;
  readonly replayReceipt: ReplayReceipt;
  readonly provePassage: ProvePassage;
  readonly savings: SavingsCalculator;
  readonly summariseSavings: SummariseSavings;
  readonly measuredRuns: MeasuredRuns;
  readonly clock: Clock;
  readonly ids: Ids;
  /** One line per part; `ready` is degraded when any is. */
  health(): Promise<readonly ComponentHealth[]>;
  /** Answers that are kept for their Idempotency-Key go on when their sender leaves. */
  readonly lastingWork: Pick<LastingWork, "add">;
  /** Tells the worker that tasks wait, so that it need not poll for them. */
  wakeWorker(): void;
  /** Where tests let this process die. */
  readonly reachFailPoint: ReachFailPoint;
  /** Makes search terms of older rules anew, for as long as it takes; at once done where there are none. */
  remakeTerms(call: Call): Promise<void>;
  /** Forgets a deleted knowledge base's derived index, of every generation up to this one. */
  forgetIndex(id: KnowledgeBaseId, generation: number): Promise<void>;
  /** What documents are made with by the settings of now. */
  readonly make: Make;
  /** Another embedder than the configured one. @throws {@link LarderError} `EMBEDDER_…` */
  formerEmbedder(id: EmbedderId, call: Call): Promise<Embedder>;
}
