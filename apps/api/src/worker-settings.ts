import type { Config } from "./config.ts";

/** What a worker process needs: plain data that crosses to it, without any key. */
export type WorkerSettings = Pick<Config, "dataDir" | "ingestion" | "embedding">;

export function workerSettings({ dataDir, ingestion, embedding }: Config): WorkerSettings {
  return { dataDir, ingestion, embedding };
}
