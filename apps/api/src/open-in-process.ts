import { composeLarder, lockData, startWorker } from "./compose.ts";
import type { Environment } from "./config.ts";
import { readConfig } from "./config.ts";
import { createApi } from "./create-api.ts";
import type { Larder } from "./larder.ts";
import { apiSettings } from "./settings-of-config.ts";

export interface InProcessLarder {
  /** The same routes as a server's; no socket is opened. */
  fetch(request: Request): Response | Promise<Response>;
  readonly larder: Larder;
  close(): Promise<void>;
}

/**
 * The whole of Larder inside the calling process, for commands that end by themselves. `isWorking: false` leaves
 * ingestion out: tasks wait.
 * @throws {@link LarderError} as `runServer`
 */
export async function openInProcess(
  env: Environment,
  { isWorking = true }: { readonly isWorking?: boolean } = {},
): Promise<InProcessLarder> {
  const config = readConfig(env);
  const lock = await lockData(config.dataDir);
  try {
    let wake: () => void = () => undefined;
    const larder = await composeLarder(config, { wake: () => wake(), health: () => undefined });
    const worker = isWorking ? startWorker(larder, config.ingestion) : undefined;
    wake = () => worker?.wake();
    const app = createApi(larder, { ...apiSettings(config), apiKeys: [] }); // nobody else can reach these routes
    return {
      fetch: (request) => app.fetch(request),
      larder,
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
