import { composeLarder, lockData } from "./compose.ts";
import { readConfig } from "./config.ts";
import { createApi } from "./create-api.ts";
import type { Environment } from "./environment.ts";
import { readFailPoint } from "./fail-points.ts";
import { logAudits } from "./index-upkeep/log-audits.ts";
import { createLogger } from "./logger.ts";
import { startServer } from "./serve.ts";
import { apiSettings } from "./settings-of-config.ts";
import { superviseWorkers } from "./supervise-worker.ts";
import { workerSettings } from "./worker-settings.ts";

export interface RunningServer {
  readonly url: string;
  /** Ends requests in order, then worker, hosts and database. Takes at most the grace time and a little. */
  close(): Promise<void>;
}

/**
 * Everything that `larder serve` runs: one lock on the data folder, the parts, a worker process, the HTTP server.
 * Resolves when `/health/ready` answers. What was opened is closed again when a later part fails to start.
 * @throws {@link LarderError} `CONFIG_INVALID`, `DATA_DIR_IN_USE`, `DATA_DIR_UNUSABLE`, and what the parts refuse
 */
export async function runServer(env: Environment): Promise<RunningServer> {
  const config = readConfig(env);
  const logger = createLogger({ level: config.logLevel });
  const opened: AsyncDisposable[] = [];
  const closeAll = async (): Promise<void> => {
    for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
  };
  try {
    opened.push(await lockData(config.dataDir));
    const failPoint = env.LARDER_FAIL_POINT;
    const settings = Array.from({ length: config.ingestion.workers }, (_, i) => ({
      ...workerSettings(config, i + 1),
      ...(failPoint === undefined ? {} : { failPoint }),
    }));
    const worker = superviseWorkers(settings, (text) => void process.stdout.write(text)); // where the API's own log goes
    const larder = await composeLarder(config, worker, undefined, readFailPoint(failPoint));
    opened.push(larder, worker);
    larder.indexUpkeep.onReport(logAudits(logger));
    await worker.start({ signal: new AbortController().signal });
    const app = createApi(larder, apiSettings(config, logger));
    const server = await startServer(app, { ...config.http });
    let closing: Promise<void> | undefined;
    return {
      url: server.url,
      close: () => {
        closing ??= server.close(config.http.stopGraceMs).then(closeAll);
        return closing;
      },
    };
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
}
