import type { DecorateEmbedder, MeasurableLarder } from "./compose.ts";
import { composeLarder, lockData } from "./compose.ts";
import { createTextReading, startWorker } from "./compose-worker.ts";
import { readConfig } from "./config.ts";
import { createApi } from "./create-api.ts";
import type { Environment } from "./environment.ts";
import { apiSettings } from "./settings-of-config.ts";
import type { TextReading } from "./text-reading.ts";

export interface InProcessLarder {
  /** The same routes as a server's; no socket is opened. */
  fetch(request: Request): Response | Promise<Response>;
  readonly larder: MeasurableLarder;
  readonly reading: TextReading;
  close(): Promise<void>;
}

export interface InProcessOptions {
  /** `false` leaves ingestion out: tasks wait. @defaultValue true */
  readonly isWorking?: boolean;
  readonly decorateEmbedder?: DecorateEmbedder;
}

/**
 * The whole of Larder inside the calling process, for commands that end by themselves.
 * @throws {@link LarderError} as `runServer`
 */
export async function openInProcess(
  env: Environment,
  { isWorking = true, decorateEmbedder }: InProcessOptions = {},
): Promise<InProcessLarder> {
  const config = readConfig(env);
  const lock = await lockData(config.dataDir);
  try {
    let wake: () => void = () => undefined;
    const larder = await composeLarder(config, { wake: () => wake(), health: () => undefined }, decorateEmbedder);
    const worker = isWorking
      ? await startWorker({ ...larder, dataDir: config.dataDir, place: 1 }, config.ingestion)
      : undefined;
    wake = () => worker?.wake();
    const app = createApi(larder, { ...apiSettings(config), apiKeys: [] }); // nobody else can reach these routes
    return {
      fetch: (request) => app.fetch(request),
      larder,
      reading: createTextReading(larder, config.ingestion),
      async close() {
        await worker?.close();
        await larder[Symbol.asyncDispose]();
        await lock[Symbol.asyncDispose]();
      },
    };
  } catch (thrown) {
    await lock[Symbol.asyncDispose]();
    throw thrown;
  }
}
