import { join } from "node:path";
import type { Call, EmbeddingLimit, ReachFailPoint, TaskQueue } from "@larder/contracts";
import { noFailPoint } from "@larder/contracts";
import { createChildProcessParser, defaultParseLimits, parseBytes } from "@larder/documents";
import { createSentenceReader, openTokenMatcher } from "@larder/embedder";
import { createIngestionWorker, createReindexer } from "@larder/ingestion";
import { openStageFiles, sweepStages } from "@larder/store";
import { createO200kTokenCounter } from "@larder/tokenizer";
import type { Logger } from "pino";
import { pino } from "pino";
import type { PassageMeasures } from "./compose.ts";
import { createSplitter, openBlobs, openEmbedder, openFormerEmbedders, openLimitOf, openStore } from "./compose.ts";
import type { Config } from "./config.ts";
import { readFailPoint } from "./fail-points.ts";
import type { Larder } from "./larder.ts";
import { logWorkerEvents } from "./log-worker-events.ts";
import { createLogger } from "./logger.ts";
import { parserOptions } from "./parser-options.ts";
import { systemClock } from "./system-ports.ts";
import type { TextReading } from "./text-reading.ts";
import type { RunningWorker } from "./worker-handle.ts";
import type { WorkerSettings } from "./worker-settings.ts";

const unbounded: Call = { signal: new AbortController().signal };

export interface WorkerParts
  extends Pick<
    Larder,
    "store" | "blobs" | "embedder" | "formerEmbedder" | "tokenCounter" | "sentenceReader" | "remakeTerms"
  > {
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
    formerEmbedder: parts.formerEmbedder,
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
  const reindexing =
    place === 1
      ? createReindexer({
          ...{ store, reachFailPoint, isAutomatic: limits.reindexes === "auto", remainsAgeMs: limits.remainsAgeMs },
          make: { embedderId: parts.embedder.id, parserId: parser.id, splitterId: splitter.id },
          ...(logger === undefined
            ? {}
            : { onTrouble: (cause) => logger.error({ err: cause }, "reindexing has trouble") }),
        }).run({ signal: stop.signal })
      : Promise.resolve();
  return {
    wake: () => worker.wake(),
    health: () => [parts.embedder.health()],
    async close() {
      stop.abort();
      await running;
      await remaking;
      await reindexing;
      await parser[Symbol.asyncDispose]();
    },
  };
}

/** Works in a process of its own: opens the same database and an embedder of its own. Its log goes to standard error. */
export async function composeWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const { dataDir, place, failPoint } = settings;
  const { record, formerEmbedders, ...opened } = await openWorkerParts(settings);
  const destination = pino.destination({ fd: 2, sync: true }); // what a crash says last is said
  const parts = {
    ...{ ...opened, dataDir, place },
    store: record.documents,
    formerEmbedder: formerEmbedders.embedder,
    remakeTerms: (call: Call) => record.remakeTerms(call),
    logger: createLogger({ level: settings.logLevel, destination }).child({ worker: place }),
    reachFailPoint: readFailPoint(failPoint),
  };
  const worker = await startWorker(parts, settings.ingestion);
  return {
    ...worker,
    async close() {
      await worker.close();
      await formerEmbedders[Symbol.asyncDispose]();
      await opened.embedder[Symbol.asyncDispose]();
      await record.close();
    },
  };
}

/** For measuring search on texts that are there already. */
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
    parser: createChildProcessParser(parserOptions(limits)),
    splitter: createSplitter(parts, limits),
    stages,
    sweepStages: (queue: Pick<TaskQueue, "awaited">) =>
      sweepStages({ folder }, stages, (held) => queue.awaited(held, unbounded)),
  };
}

/** What a worker of its own process opens; an in-process one has the API's. */
async function openWorkerParts({ dataDir, embedding, ingestion }: WorkerSettings) {
  const { niceness } = ingestion;
  const store = await openStore(dataDir);
  const tokenCounter = createO200kTokenCounter();
  const embedder = await openEmbedder(embedding, niceness);
  return {
    record: store,
    blobs: await openBlobs(dataDir),
    embedder,
    embeddingLimit: await openLimitOf(embedder, embedding),
    formerEmbedders: openFormerEmbedders(store.documents, embedding, niceness),
    tokenCounter,
    sentenceReader: createSentenceReader(await openTokenMatcher(), tokenCounter),
  };
}
