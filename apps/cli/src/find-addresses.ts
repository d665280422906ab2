import { readFile } from "node:fs/promises";
import { LarderError } from "@larder/contracts";
import type { Connection } from "./connection.ts";
import { sendForJson } from "./connection.ts";
import type { IngestItem } from "./ingest-items.ts";
import { uploadWaitMs } from "./ingest-items.ts";
import type { SitemapBody, UploadBody } from "./wire.ts";

export interface AddressOptions {
  readonly url?: readonly string[];
  /** A file with one address a line. */
  readonly urls?: string;
  readonly sitemap?: readonly string[];
  /** Most pages of all together. */
  readonly maxPages: number;
}

export interface FoundAddresses {
  readonly addresses: readonly string[];
  /** There were more. */
  readonly isCut: boolean;
}

/**
 * The addresses that the options name, each once. Lines that begin with `#` are remarks.
 * @throws {@link LarderError} `FILE_NOT_FOUND`; {@link ProblemReply} of a sitemap
 */
export async function findAddresses(
  connection: Connection,
  { url = [], urls, sitemap = [], maxPages }: AddressOptions,
  signal: AbortSignal,
): Promise<FoundAddresses> {
  const found = new Set([...url, ...(urls === undefined ? [] : await readLines(urls))]);
  let isCut = false;
  for (const address of sitemap) {
    const json = { url: address, pages_max: maxPages };
    const pages = await sendForJson<SitemapBody>(connection, "/v1/sitemaps", { method: "POST", json, signal });
    isCut ||= pages.is_cut;
    for (const page of pages.urls) found.add(page);
  }
  return { addresses: [...found].slice(0, maxPages), isCut: isCut || found.size > maxPages };
}

async function readLines(file: string): Promise<readonly string[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new LarderError("FILE_NOT_FOUND", { details: { path: file }, cause });
  });
  return text
    .replace(/^\ufeff/u, "")
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** A page, which the server fetches. Pages of one host come one after the other: the server keeps a pace there. */
export function addressItem(url: string): IngestItem {
  const queue = URL.canParse(url) ? new URL(url).host : "";
  return {
    name: url,
    queue,
    send: (connection, knowledgeBaseId, signal) =>
      sendForJson<UploadBody>(connection, `/v1/knowledge-bases/${knowledgeBaseId}/documents`, {
        method: "POST",
        json: { url },
        query: { wait_ms: uploadWaitMs },
        signal,
      }),
  };
}
