import type { Config } from "./config.ts";

/** Of every child that reads what was sent. */
export function parserOptions({ parseTimeoutMs, parseMemoryBytesMax, parseLimits }: Config["ingestion"]) {
  return { timeoutMs: parseTimeoutMs, memoryBytesMax: parseMemoryBytesMax, ...parseLimits };
}
