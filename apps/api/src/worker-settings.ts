import type { Config } from "./config.ts";

/** What a worker process needs: plain data that crosses to it, without any key. */
export interface WorkerSettings extends Pick<Config, "dataDir" | "ingestion" | "embedding" | "logLevel"> {
  /** From 1. The same after a restart: what its predecessor held is its own. */
  readonly place: number;
  /** Where it shall die, for tests; at its first start only, so that it gets past it. */
  readonly failPoint?: string;
}

export function workerSettings({ dataDir, ingestion, embedding, logLevel }: Config, place: number): WorkerSettings {
  return { dataDir, ingestion, embedding, logLevel, place };
}
