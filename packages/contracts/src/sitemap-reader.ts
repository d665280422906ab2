import type { Call } from "./call.ts";

/** One sitemap file: addresses of pages, or of further sitemaps. */
export interface Sitemap {
  readonly kind: "pages" | "index";
  /** As they stand there, in order, each once; not checked to be addresses. */
  readonly addresses: readonly string[];
  /** It went on beyond the most that was asked for. */
  readonly isCut: boolean;
}

/** Reads sitemaps, as sitemaps.org has them: XML or one address a line, packed with gzip or not. */
export interface SitemapReader {
  /**
   * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE`, what `body` throws; `PARSER_TIMED_OUT`, `PARSER_OUT_OF_MEMORY`,
   * `PARSER_CRASHED`
   */
  readSitemap(body: AsyncIterable<Uint8Array>, addressesMax: number, call: Call): Promise<Sitemap>;
}
