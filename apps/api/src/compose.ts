import { join, resolve } from "node:path";
import { withQualityFloor } from "@larder/answering";
import type {
  Call,
  DocumentReader,
  Embedder,
  EmbeddingLimit,
  PassageSplitter,
  ReachFailPoint,
  ReindexStore,
  RunJournals,
  TokenCounter,
} from "@larder/contracts";
import { noFailPoint } from "@larder/contracts";
import { createStructureSplitter, openSourceReader, parserId } from "@larder/documents";
import { createSentenceReader, openEmbeddingLimit, openOnnxEmbedder, openTokenMatcher } from "@larder/embedder";
import { createLanguageDetector } from "@larder/language";
import { openOnnxReranker } from "@larder/reranker";
import type { HybridRetriever, RetrieverSettings } from "@larder/retriever";
import { createHybridRetriever } from "@larder/retriever";
import { createSavingsCalculator, summariseSavings } from "@larder/savings";
import { lockDataFolder, openBlobFiles, openRunJournalFiles, openSqliteStore, sweepBlobs } from "@larder/store";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { createGenerationSearcher, dimensionsOf, openVectorIndex } from "@larder/vector-index";
import { createPoliteWebFetcher } from "@larder/web-fetcher";
import { composeAnswering } from "./compose-answering.ts";
import { composeBatches } from "./compose-batches.ts";
import { composeRouter } from "./compose-router.ts";
import type { Config } from "./config.ts";
import { createFormerEmbedders } from "./former-embedders.ts";
import { createIndexUpkeep } from "./index-upkeep/index-upkeep.ts";
import type { Larder } from "./larder.ts";
import { createLastingWork } from "./lasting-work.ts";
import { parserOptions } from "./parser-options.ts";
import { prepareGenerations } from "./prepare-generations.ts";
import { recentArrivals } from "./recent-arrivals.ts";
import { createMeasuredRuns } from "./savings-runs/measured-runs.ts";
import { sweepRegularly } from "./sweep-regularly.ts";
import { systemClock, systemIds } from "./system-ports.ts";
import type { WorkerHandle } from "./worker-handle.ts";

/** Opening waits for as long as it takes: a start that hangs is ended from outside. */
const unbounded: Call = { signal: new AbortController().signal };

/** One process at a time works on a data folder; its children share the claim. @throws `DATA_DIR_IN_USE` */
export const lockData = lockDataFolder;

/** Journals of measured runs, wherever they shall be kept. */
export const openRunJournals = (folder: string): RunJournals => openRunJournalFiles({ folder });

/** Puts something of the caller's own around the embedder, such as a cache. What it returns is not closed. */
export type DecorateEmbedder = (embedder: Embedder) => Embedder;

/** With what measuring needs beyond the routes. */
export interface MeasurableLarder extends Larder {
  /** The same parts under other settings; those that are absent stay as configured. */
  retrieverWith(settings: RetrieverSettings): HybridRetriever;
  /** Of the embedder, for whoever splits documents. */
  readonly embeddingLimit: EmbeddingLimit;
}

/**
 * Opens every part that the routes use, in the order of need, and closes them in the opposite one. Names the
 * adapters; those of the worker are in `compose-worker.ts`.
 */
export async function composeLarder(
  config: Config,
  worker: WorkerHandle,
  decorateEmbedder: DecorateEmbedder = (embedder) => embedder,
  reachFailPoint: ReachFailPoint = noFailPoint,
): Promise<MeasurableLarder> {
  const opened: AsyncDisposable[] = [];
  const keep = <Part extends AsyncDisposable>(part: Part): Part => {
    opened.push(part);
    return part;
  };
  const closeAll = async (): Promise<void> => {
    for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
  };
  try {
    const tokenCounter = createO200kTokenCounter();
    const store = keep(await openStore(config.dataDir, config.answering.pastQuestionsMax));
    const blobs = await openBlobs(config.dataDir);
    keep(sweepRegularly({ sweep: (call) => sweepOf(config.dataDir, store.documents, call) }));
    const { jobsRetentionMs } = config.ingestion;
    const forgetJobs = (call: Call) => store.documents.pruneJobs(systemClock.nowMs() - jobsRetentionMs, call);
    if (jobsRetentionMs > 0) keep(sweepRegularly({ sweep: forgetJobs }));
    const embedder = decorateEmbedder(keep(await openEmbedder(config.embedding)));
    const { model, settings } = config.embedding;
    await store.documents.rememberEmbedder({ id: embedder.id, model, settings: { ...settings } }, unbounded);
    const embeddingLimit = await openLimitOf(embedder, config.embedding);
    const tokenMatcher = await openTokenMatcher();
    const sentenceReader = createSentenceReader(tokenMatcher, tokenCounter);
    const { id: embedderId, dimensions } = embedder;
    const indexOptions = { folder: join(config.dataDir, "index"), ...config.index.limits };
    const index = keep(await openVectorIndex({ ...indexOptions, dimensions, embedderId }, unbounded));
    const vectors = keep(
      createGenerationSearcher({
        ...{ index, embedderId, log: store.operationLog, collections: store.collections },
        openIndex: (id) =>
          openVectorIndex({ ...indexOptions, dimensions: dimensionsOf(id), embedderId: id }, unbounded),
        waitMs: config.index.waitMs,
      }),
    );
    const { auditEveryMs, logDeletesMax } = config.index;
    const indexUpkeep = keep(
      createIndexUpkeep({
        ...{ vectors, sampler: store.vectorSampler, pruning: store.logPruning },
        ...{ auditEveryMs, logDeletesMax },
      }),
    );
    const formerEmbedders = keep(openFormerEmbedders(store.documents, config.embedding));
    keep(prepareGenerations({ collections: store.collections, vectors, formerEmbedders, embedder }));
    const clock = systemClock;
    const sources = keep(
      await openSourceReader({ ...parserOptions(config.ingestion), stagingFolder: join(config.dataDir, "unpacking") }),
    );
    const reranker = await openReranker(config.reranking);
    if (reranker !== undefined) keep(reranker);
    const retrieverWith = (settings: RetrieverSettings) =>
      createHybridRetriever({
        embedder,
        formerEmbedder: formerEmbedders.embedder,
        vectors,
        lexical: store.lexical,
        documents: store.documents,
        tokenCounter,
        clock,
        tokenMatcher,
        sentenceReader,
        ...(reranker === undefined ? {} : { reranker }),
        settings: { ...config.search.retriever, ...settings },
      });
    const retriever = retrieverWith({});
    const lastingWork = keep(createLastingWork()); // closed after the router, which ends the calls, and before the store
    // Of a process that died: whoever composes holds the lock on the data. What cannot be written now is at the next start.
    await store.callIntents.recover(unbounded).catch(() => undefined);
    const generation = await composeRouter(config.generation, {
      ...{ tokenCounter, clock },
      ...{ budgets: store.budgets, record: store.routing },
    });
    const routingMemory = keep(generation.memory);
    const router = keep(generation.router);
    const batches = keep(composeBatches(generation, { store, tokenCounter, clock, ids: systemIds }));
    const savings = createSavingsCalculator();
    const { ledger } = store;
    const arrivals = await recentArrivals(store.arrivals, clock, unbounded);
    const pastQuestions = config.answering.pastQuestionsMax === 0 ? undefined : store.pastQuestions;
    if (pastQuestions === undefined) await store.pastQuestions.clear(unbounded);
    const answering = composeAnswering(config.answering, {
      ...{
        retriever,
        embedder,
        tokenCounter,
        ledger,
        exactVectorsMax: config.index.limits.exactVectorsMax,
        router,
        savings,
        arrivals,
        clock,
      },
      ...{ documents: store.documents, indexRoots: store.indexRoots },
      ...{ ids: systemIds, intents: store.callIntents, memory: routingMemory },
      ...(pastQuestions && { pastQuestions }),
    });
    const measuredRuns = keep(
      createMeasuredRuns({
        ...{ router, ledger, clock, ids: systemIds, tokenCounter, retriever, embedder, callIntents: store.callIntents },
        ...{ lexical: store.lexical, store: store.documents },
        journals: openRunJournals(join(config.dataDir, "savings-runs")),
      }),
    );
    return {
      store: store.documents,
      blobs,
      webFetcher: createPoliteWebFetcher(config.fetching),
      sources,
      ledger,
      callIntents: store.callIntents,
      budgets: store.budgets,
      idempotency: store.idempotency,
      batchRequests: store.batchRequests,
      wakeBatches: () => batches.wake(),
      retriever,
      retrieverWith,
      lexical: store.lexical,
      router,
      indexUpkeep,
      priceBookOf: generation.priceBookOf,
      routingMemory,
      prober: generation.prober,
      feedback: store.feedback,
      ...(pastQuestions && { pastQuestions }),
      embedder,
      tokenCounter,
      sentenceReader,
      ...answering,
      answerPolicy: (policy) => withQualityFloor(policy, config.answering.qualityFloor),
      savings,
      summariseSavings,
      measuredRuns,
      clock,
      ids: systemIds,
      health: async () => {
        const vectorIndex = [vectors.health(), indexUpkeep.health()];
        const local = [store.health(), embedder.health(), ...vectorIndex, reranker?.health()];
        return [...local, worker.health(), generation.health()].filter((part) => part !== undefined);
      },
      lastingWork,
      wakeWorker: () => worker.wake(),
      reachFailPoint,
      remakeTerms: (call) => store.remakeTerms(call),
      forgetIndex: (id, generation) => vectors.drop(id, generation, unbounded),
      make: { embedderId, parserId, splitterId: createSplitter({ tokenCounter, embeddingLimit }, config.ingestion).id },
      embeddingLimit,
      formerEmbedder: formerEmbedders.embedder,
      [Symbol.asyncDispose]: closeAll,
    };
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
}

/** What bounds a passage: tokens of prompts, and what the embedder reads. */
export interface PassageMeasures {
  readonly tokenCounter: TokenCounter;
  readonly embeddingLimit: EmbeddingLimit;
}

export function createSplitter(
  { tokenCounter, embeddingLimit }: PassageMeasures,
  { passageTokensTarget, passageTokensMax }: Config["ingestion"],
): PassageSplitter {
  return createStructureSplitter({ tokenCounter, embeddingLimit, passageTokensTarget, passageTokensMax });
}

/**
 * Several processes may have the same record open.
 * @param pastQuestionsMax - For a process that answers questions
 * @param isHeldByAnother - For a process without the data folder's lock: an older form is refused, `DATA_DIR_IN_USE`
 */
export function openStore(dataDir: string, pastQuestionsMax = 0, isHeldByAnother = false) {
  return openSqliteStore({
    isHeldByAnother,
    ...(pastQuestionsMax > 0 && { pastQuestions: { questionsMax: pastQuestionsMax } }),
    file: join(dataDir, "larder.sqlite"),
    clock: systemClock,
    ids: systemIds,
    lexical: { detector: createLanguageDetector() },
  });
}

const blobsFolder = (dataDir: string) => join(dataDir, "blobs");

export function openBlobs(dataDir: string) {
  return openBlobFiles({ folder: blobsFolder(dataDir) });
}

/** Longer than any upload takes from its first byte to its documents. */
const blobAgeMs = 86_400_000;

/** Blobs without a document. */
function sweepOf(dataDir: string, documents: DocumentReader, call: Call): Promise<number> {
  const options = { folder: blobsFolder(dataDir), ageMs: blobAgeMs, nowMs: systemClock.nowMs() };
  return sweepBlobs(options, documents, call);
}

export function openFormerEmbedders(record: ReindexStore, embedding: Config["embedding"], niceness = 0) {
  return createFormerEmbedders({
    record,
    open: (model, settings) => openEmbedder({ ...embedding, model, settings }, niceness),
    nowMs: systemClock.monotonicMs,
  });
}

/** @param niceness - of its process, where nobody waits for it */
export function openEmbedder(embedding: Config["embedding"], niceness = 0) {
  return openOnnxEmbedder({ ...modelOf(embedding), threads: embedding.threads, niceness });
}

/** For a process that splits documents. */
export function openLimitOf(embedder: Embedder, embedding: Config["embedding"]) {
  return openEmbeddingLimit(embedder, modelOf(embedding));
}

function modelOf({ model, modelsFolder, settings }: Config["embedding"]) {
  return { model, settings, ...(modelsFolder === undefined ? {} : { modelsFolder: resolve(modelsFolder) }) };
}

/** A model that cannot be opened stops the start; one that fails later only leaves search without it. */
async function openReranker({ model, modelsFolder, dtype, threads }: Config["reranking"]) {
  if (model === undefined || modelsFolder === undefined) return undefined;
  return openOnnxReranker({ model, modelsFolder: resolve(modelsFolder), dtype, threads });
}
