import type { Secret } from "@larder/contracts";
import type { Logger } from "pino";

/** Limits of the HTTP routes. Every one has a default; `compose` maps environment variables to them. */
export interface ApiLimits {
  /** Largest document in bytes. */
  readonly uploadBytesMax: number;
  /** Most files in one upload. */
  readonly uploadFilesMax: number;
  /** Most documents of one upload, those in its archives included. */
  readonly uploadDocumentsMax: number;
  /** Largest multipart body in bytes, all files together. */
  readonly uploadRequestBytesMax: number;
  /** Most files of one sitemap, an index and what it names. */
  readonly sitemapFilesMax: number;
  /** Most pages that are listed of a sitemap. */
  readonly sitemapPagesMax: number;
  /** Longest wait for the next bytes of an upload. */
  readonly uploadIdleMs: number;
  /** Uploads received at the same time; more get `QUEUE_FULL`. */
  readonly uploadsAtOnceMax: number;
  /** Tasks that may wait or run; more get `QUEUE_FULL`. */
  readonly queueDocumentsMax: number;
  /** Largest JSON body in bytes, document texts apart. */
  readonly jsonBytesMax: number;
  /** Largest JSON body in bytes that carries a document's text. */
  readonly textJsonBytesMax: number;
  /** Deepest nesting of arrays and objects in a JSON body. */
  readonly jsonDepthMax: number;
  /** Largest `metadata` or `settings` as JSON text, in bytes. */
  readonly metadataBytesMax: number;
  /** Longest question or query, in UTF-16 code units. */
  readonly questionCharactersMax: number;
  /** Most earlier turns that are sent with a question. */
  readonly historyTurnsMax: number;
  /** Longest answer of an earlier turn, in UTF-16 code units. */
  readonly historyAnswerCharactersMax: number;
  /** Longest `wait_ms`. */
  readonly waitMsMax: number;
  readonly listLimitDefault: number;
  readonly listLimitMax: number;
  readonly searchLimitMax: number;
  readonly tokenBudgetMax: number;
  readonly outputTokensDefault: number;
  /** Most tokens of a chat completion whose request names no limit. */
  readonly chatOutputTokensDefault: number;
  readonly outputTokensMax: number;
  /** Deepest nesting of `and`, `or` and `not` in a filter; a condition alone has none. */
  readonly filterDepthMax: number;
  /** Most conditions of one filter. */
  readonly filterConditionsMax: number;
  /** Longest list of values in one condition. */
  readonly filterListMax: number;
  /** Longest that a request waits for the reply to another one with its Idempotency-Key. */
  readonly idempotencyWaitMs: number;
  /** A quiet event stream gets a comment this often, so that nothing between drops it. */
  readonly heartbeatMs: number;
}

export const apiLimitDefaults: ApiLimits = {
  uploadBytesMax: 100 * 2 ** 20,
  uploadFilesMax: 100,
  uploadDocumentsMax: 10_000,
  uploadRequestBytesMax: 2 ** 30,
  sitemapFilesMax: 50,
  sitemapPagesMax: 10_000,
  uploadIdleMs: 30_000,
  uploadsAtOnceMax: 8,
  queueDocumentsMax: 100_000,
  jsonBytesMax: 2 ** 20,
  textJsonBytesMax: 16 * 2 ** 20,
  jsonDepthMax: 32,
  metadataBytesMax: 64 * 2 ** 10,
  questionCharactersMax: 8_000,
  historyTurnsMax: 50,
  historyAnswerCharactersMax: 32_000,
  waitMsMax: 60_000,
  listLimitDefault: 50,
  listLimitMax: 200,
  searchLimitMax: 100,
  tokenBudgetMax: 200_000,
  outputTokensDefault: 800,
  chatOutputTokensDefault: 4_096,
  outputTokensMax: 128_000,
  filterDepthMax: 8,
  filterConditionsMax: 100,
  filterListMax: 1_000,
  idempotencyWaitMs: 30_000,
  heartbeatMs: 15_000,
};

export interface ApiSettings {
  /** Bearer keys. None: no key is asked for, and only requests to a loopback name are answered. */
  readonly apiKeys?: readonly Secret[];
  readonly limits?: Partial<ApiLimits>;
  /** One line per request, without bodies, queries or headers. Absent: silent. */
  readonly logger?: Logger;
  /** Shown in the OpenAPI document. */
  readonly version?: string;
}
