import type { Config } from "./config.ts";

/** Of every child that reads what was sent. */
export function parserOptions({ parseTimeoutMs, parseMemoryBytesMax, ...limits }: Config["ingestion"]) {
  return {
    timeoutMs: parseTimeoutMs,
    memoryBytesMax: parseMemoryBytesMax,
    textCharactersMax: limits.textCharactersMax,
    pagesMax: limits.pagesMax,
    htmlNodesMax: limits.htmlNodesMax,
    archiveEntriesMax: limits.archiveEntriesMax,
    inflatedBytesMax: limits.inflatedBytesMax,
    inflatedRatioMax: limits.inflatedRatioMax,
    xmlDepthMax: limits.xmlDepthMax,
  };
}
