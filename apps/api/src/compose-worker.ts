import { join } from "node:path";
import type {
  Call,
  EmbeddingLimit,
  ParsedDocument,
  PassageSplitter,
  ReachFailPoint,
  TaskQueue,
  TokenCounter,
} from "@larder/contracts";
import { noFailPoint } from "@larder/contracts";
import { createChildProcessParser, createStructureSplitter, defaultParseLimits, parseBytes } from "@larder/documents";
import { createSentenceReader, openTokenMatcher } from "@larder/embedder";
import { createIngestionWorker } from "@larder/ingestion";
import { openStageFiles, sweepStages } from "@larder/store";
import { createO200kTokenCounter } from "@larder/tokenizer";
import type { Logger } from "pino";
import { pino } from "pino";
import { openBlobs, openEmbedder, openLimitOf, openStore } from "./compose.ts";
import type { Config } from "./config.ts";
import { readFailPoint } from "./fail-points.ts";
import type { Larder } from "./larder.ts";
import { logWorkerEvents } from "./log-worker-events.ts";
import { createLogger } from "./logger.ts";
import { systemClock } from "./system-ports.ts";
import type { RunningWorker } from "./worker-handle.ts";
import type { WorkerSettings } from "./worker-settings.ts";

const unbounded: Call = { signal: new AbortController().signal };

export interface WorkerParts
  extends Pick<Larder, "store" | "blobs" | "embedder" | "tokenCounter" | "sentenceReader" | "remakeTerms"> {
  readonly dataDir: string;
  /** Of `embedder`. */
  readonly embeddingLimit: EmbeddingLimit;
  /** From 1. The first one also does what one process is to do. */
  readonly place: number;
  readonly logger?: Logger;
  readonly reachFailPoint?: ReachFailPoint;
}

/** Works inside the process that opened these parts, which it does not close. */
export async function startWorker(parts: WorkerParts, limits: Config["ingestion"]): Promise<RunningWorker> {
  const { store, place, logger, reachFailPoint = noFailPoint } = parts;
  const { parser, splitter, stages, sweepStages } = await openReading(parts, limits);
  const name = `worker-${place}`;
  await store.reclaim(name, unbounded); // whoever had this place before is dead
  if (place === 1) await sweepStages(store);
  const worker = createIngestionWorker({
    queue: store,
    blobs: parts.blobs,
    embedder: parts.embedder,
    tokenCounter: parts.tokenCounter,
    sentenceReader: parts.sentenceReader,
    parser,
    splitter,
    clock: systemClock,
    name,
    tasksAtOnceMax: limits.tasksAtOnceMax,
    groupTasksMax: limits.groupTasksMax,
    groupBytesMax: limits.groupBytesMax,
    sameText: limits.sameText,
    stages,
    stageParseMsMin: limits.stageParseMsMin,
    stageVectorsEveryMs: limits.stageVectorsEveryMs,
    retry: { attemptsMax: limits.attemptsMax },
    reachFailPoint,
    ...(logger === undefined ? {} : { onEvent: logWorkerEvents(logger) }),
  });
  const stop = new AbortController();
  const running = worker.run({ signal: stop.signal });
  const remaking =
    place === 1
      ? parts.remakeTerms({ signal: stop.signal }).catch((error: unknown) => {
          if (!stop.signal.aborted) throw error; // ends the process, whose successor goes on with it
        })
      : Promise.resolve();
  return {
    wake: () => worker.wake(),
    health: () => [parts.embedder.health()],
    async close() {
      stop.abort();
      await running;
      await remaking;
      await parser[Symbol.asyncDispose]();
    },
  };
}

/** Works in a process of its own: opens the same database and an embedder of its own. Its log goes to standard error. */
export async function composeWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const { dataDir, place, failPoint } = settings;
  const { record, ...opened } = await openWorkerParts(settings);
  const destination = pino.destination({ fd: 2, sync: true }); // what a crash says last is said
  const parts = {
    ...{ ...opened, dataDir, place },
    store: record.documents,
    remakeTerms: (call: Call) => record.remakeTerms(call),
    logger: createLogger({ level: settings.logLevel, destination }).child({ worker: place }),
    reachFailPoint: readFailPoint(failPoint),
  };
  const worker = await startWorker(parts, settings.ingestion);
  return {
    ...worker,
    async close() {
      await worker.close();
      await opened.embedder[Symbol.asyncDispose]();
      await record.close();
    },
  };
}

/** What bounds a passage: tokens of prompts, and what the embedder reads. */
interface PassageMeasures {
  readonly tokenCounter: TokenCounter;
  readonly embeddingLimit: EmbeddingLimit;
}

/** How text becomes passages, for measuring search on texts that are there already. */
export interface TextReading {
  /** As the parser process reads a file of plain text, but inside this process. */
  parse(text: string): Promise<ParsedDocument>;
  /** The worker's. */
  readonly splitter: PassageSplitter;
}

export function createTextReading(measures: PassageMeasures, limits: Config["ingestion"]): TextReading {
  return {
    parse: (text) => parseBytes(Buffer.from(text), "document.txt", defaultParseLimits),
    splitter: createSplitter(measures, limits),
  };
}

/** What a worker reads documents with, and leaves what it made of them. */
async function openReading(parts: PassageMeasures & Pick<WorkerParts, "dataDir">, limits: Config["ingestion"]) {
  const folder = join(parts.dataDir, "stages");
  const stages = await openStageFiles({ folder });
  return {
    parser: createChildProcessParser({
      timeoutMs: limits.parseTimeoutMs,
      memoryBytesMax: limits.parseMemoryBytesMax,
      ...limits.parseLimits,
    }),
    splitter: createSplitter(parts, limits),
    stages,
    sweepStages: (queue: Pick<TaskQueue, "awaited">) =>
      sweepStages({ folder }, stages, (held) => queue.awaited(held, unbounded)),
  };
}

/** What a worker of its own process opens; an in-process one has the API's. */
async function openWorkerParts({ dataDir, embedding }: Pick<Config, "dataDir" | "embedding">) {
  const store = await openStore(dataDir);
  const tokenCounter = createO200kTokenCounter();
  const embedder = await openEmbedder(embedding);
  return {
    record: store,
    blobs: await openBlobs(dataDir),
    embedder,
    embeddingLimit: await openLimitOf(embedder, embedding),
    tokenCounter,
    sentenceReader: createSentenceReader(await openTokenMatcher(), tokenCounter),
  };
}

function createSplitter(
  measures: PassageMeasures,
  { passageTokensTarget, passageTokensMax }: Config["ingestion"],
): PassageSplitter {
  const { tokenCounter, embeddingLimit } = measures;
  return createStructureSplitter({ tokenCounter, embeddingLimit, passageTokensTarget, passageTokensMax });
}
