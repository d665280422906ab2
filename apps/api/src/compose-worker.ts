import type { Call, ParsedDocument, PassageSplitter, TokenCounter } from "@larder/contracts";
import { createChildProcessParser, createStructureSplitter, defaultParseLimits, parseBytes } from "@larder/documents";
import { createSentenceReader, openTokenMatcher } from "@larder/embedder";
import { createIngestionWorker } from "@larder/ingestion";
import { createO200kTokenCounter } from "@larder/tokenizer";
import { openBlobs, openEmbedder, openStore } from "./compose.ts";
import type { Config } from "./config.ts";
import type { Larder } from "./larder.ts";
import { systemClock } from "./system-ports.ts";
import type { RunningWorker } from "./worker-handle.ts";
import type { WorkerSettings } from "./worker-settings.ts";

/** Works inside the process that composed this Larder, on its store and embedder, which it does not close. */
export function startWorker(
  parts: Pick<Larder, "store" | "blobs" | "embedder" | "tokenCounter" | "sentenceReader" | "remakeTerms">,
  limits: Config["ingestion"],
): RunningWorker {
  const parser = createChildProcessParser({
    timeoutMs: limits.parseTimeoutMs,
    memoryBytesMax: limits.parseMemoryBytesMax,
    ...limits.parseLimits,
  });
  const worker = createIngestionWorker({
    queue: parts.store,
    blobs: parts.blobs,
    embedder: parts.embedder,
    tokenCounter: parts.tokenCounter,
    sentenceReader: parts.sentenceReader,
    parser,
    splitter: createSplitter(parts.tokenCounter, limits),
    clock: systemClock,
    name: `worker-${process.pid}`,
    tasksAtOnceMax: limits.tasksAtOnceMax,
    retry: { attemptsMax: limits.attemptsMax },
  });
  const stop = new AbortController();
  const running = worker.run({ signal: stop.signal });
  const remaking = parts.remakeTerms({ signal: stop.signal }).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error; // ends the process, whose successor goes on with it
  });
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

/** Works in a process of its own: opens the same database and an embedder of its own. */
export async function composeWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const store = await openStore(settings.dataDir);
  const blobs = await openBlobs(settings.dataDir);
  const embedder = await openEmbedder(settings.embedding);
  const tokenCounter = createO200kTokenCounter();
  const parts = {
    store: store.documents,
    blobs,
    embedder,
    tokenCounter,
    sentenceReader: createSentenceReader(await openTokenMatcher(), tokenCounter),
    remakeTerms: (call: Call) => store.remakeTerms(call),
  };
  const worker = startWorker(parts, settings.ingestion);
  return {
    ...worker,
    async close() {
      await worker.close();
      await embedder[Symbol.asyncDispose]();
      await store.close();
    },
  };
}

/** How text becomes passages, for measuring search on texts that are there already. */
export interface TextReading {
  /** As the parser process reads a file of plain text, but inside this process. */
  parse(text: string): Promise<ParsedDocument>;
  /** The worker's. */
  readonly splitter: PassageSplitter;
}

export function createTextReading(tokenCounter: TokenCounter, limits: Config["ingestion"]): TextReading {
  return {
    parse: (text) => parseBytes(Buffer.from(text), "document.txt", defaultParseLimits),
    splitter: createSplitter(tokenCounter, limits),
  };
}

function createSplitter(
  tokenCounter: TokenCounter,
  { passageTokensTarget, passageTokensMax }: Config["ingestion"],
): PassageSplitter {
  return createStructureSplitter({ tokenCounter, passageTokensTarget, passageTokensMax });
}
