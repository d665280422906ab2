import type { Config } from "./config.ts";

/** Of every child that reads what was sent. */
export function parserOptions({ parseTimeoutMs, parseMemoryBytesMax, niceness, parseLimits }: Config["ingestion"]) {
  return { timeoutMs: parseTimeoutMs, memoryBytesMax: parseMemoryBytesMax, niceness, ...parseLimits };
}
