import type { DestinationStream, Logger } from "pino";
import { pino } from "pino";

export interface LoggerOptions {
  readonly level: "debug" | "info" | "warn" | "error" | "silent";
  /** Where the lines go. @defaultValue standard output */
  readonly destination?: DestinationStream;
}

/** One JSON object per line. What could hold a key or a document's words is cut out, wherever it stands. */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const secrets = ["authorization", "apiKey", "api_key", "headers", "body", "text", "question", "prompt"];
  const options = {
    level,
    base: { app: "larder" },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[cut]" },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
