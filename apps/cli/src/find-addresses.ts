import { readFile } from "node:fs/promises";
import { LarderError } from "@larder/contracts";
import type { Connection } from "./connection.ts";
import { ProblemReply, sendForJson } from "./connection.ts";
import type { IngestItem } from "./ingest-items.ts";
import { uploadWaitMs } from "./ingest-items.ts";
import { count } from "./render/words.ts";
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
  /** Addresses of sitemaps that are not taken. */
  readonly leftOut: number;
  /** The same by why. */
  readonly leftOutReasons: Readonly<Record<string, number>>;
}

export const noAddresses: FoundAddresses = { addresses: [], isCut: false, leftOut: 0, leftOutReasons: {} };

const leftOutWords: Readonly<Record<string, string>> = {
  other_host: "of another host",
  no_address: "no http or https address",
  nested_index: "an index below an index",
};

/** At most one line. */
export function leftOutInWords({ leftOut, leftOutReasons }: FoundAddresses): readonly string[] {
  if (leftOut === 0) return [];
  const reasons = Object.entries(leftOutReasons)
    .filter(([, times]) => times > 0)
    .map(([reason, times]) => `${count(times)} ${leftOutWords[reason] ?? reason}`);
  const words = reasons.length === 0 ? "" : `: ${reasons.join(", ")}`;
  return [`${count(leftOut)} ${leftOut === 1 ? "address" : "addresses"} of sitemaps left out${words}`];
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
  let leftOut = 0;
  const reasons = new Map<string, number>();
  for (const address of sitemap) {
    const json = { url: address, pages_max: maxPages };
    const options = { method: "POST", json, signal };
    const pages = await sendForJson<SitemapBody>(connection, "/v1/sitemaps", options).catch((thrown: unknown) => {
      throw thrown instanceof ProblemReply ? new ProblemReply({ ...thrown.problem, sitemap: address }) : thrown;
    });
    isCut ||= pages.is_cut;
    leftOut += pages.left_out;
    for (const [reason, times] of Object.entries(pages.left_out_reasons ?? {})) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + times);
    }
    for (const page of pages.urls) found.add(page);
  }
  return {
    ...{ addresses: [...found].slice(0, maxPages), isCut: isCut || found.size > maxPages },
    ...{ leftOut, leftOutReasons: Object.fromEntries(reasons) },
  };
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
