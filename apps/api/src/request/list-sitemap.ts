import type { Call, SitemapReader, WebFetcher } from "@larder/contracts";

/** `other_host`; `no_address`: nothing that can be fetched; `nested_index`: an index that an index names. */
export type LeftOutReason = "other_host" | "no_address" | "nested_index";

export interface SitemapPages {
  /** Each once, in the order of the sitemap. */
  readonly urls: readonly string[];
  /** Addresses that stand in the sitemap and are not taken, by why. */
  readonly leftOut: Readonly<Record<LeftOutReason, number>>;
  /** There are more than were asked for, or more files than the limit. */
  readonly isCut: boolean;
}

/**
 * The pages of a sitemap and, where it is an index, of the sitemaps that it names. As sitemaps.org has it, a sitemap
 * speaks for its own host only, and an index names no other index: both are left out.
 * @throws {@link LarderError} as {@link WebFetcher.fetch} and {@link SitemapReader.readSitemap}
 */
export async function listSitemap(
  url: string,
  { pagesMax, filesMax }: { readonly pagesMax: number; readonly filesMax: number },
  { webFetcher, sources }: { readonly webFetcher: WebFetcher; readonly sources: SitemapReader },
  call: Call,
): Promise<SitemapPages> {
  const read = (address: string, addressesMax: number) =>
    webFetcher.fetch(
      address,
      async (page) => ({ url: page.url, ...(await sources.readSitemap(page.body, addressesMax, call)) }),
      call,
    );
  const pages = new Set<string>();
  const leftOut = { other_host: 0, no_address: 0, nested_index: 0 };
  let isCut = false;
  const onHost = (address: string, host: string): readonly string[] => {
    const found = pageOn(address, host);
    if ("url" in found) return [found.url];
    leftOut[found.leftOut] += 1;
    return [];
  };
  const take = (found: readonly string[], host: string): void => {
    for (const page of found.flatMap((address) => onHost(address, host))) {
      if (pages.size < pagesMax || pages.has(page)) pages.add(page);
      else isCut = true;
    }
  };
  const first = await read(url, pagesMax);
  const { host } = new URL(first.url);
  isCut = first.isCut;
  if (first.kind === "pages") take(first.addresses, host);
  else {
    const named = first.addresses.flatMap((address) => onHost(address, host));
    isCut ||= named.length > filesMax - 1;
    for (const address of named.slice(0, filesMax - 1)) {
      if (pages.size >= pagesMax) {
        isCut = true;
        break;
      }
      const { kind, addresses, isCut: isFileCut } = await read(address, pagesMax);
      isCut ||= isFileCut;
      if (kind === "pages") take(addresses, host);
      else leftOut.nested_index += 1;
    }
  }
  return { urls: [...pages], leftOut, isCut };
}

function pageOn(address: string, host: string): { readonly url: string } | { readonly leftOut: LeftOutReason } {
  if (!URL.canParse(address)) return { leftOut: "no_address" };
  const url = new URL(address);
  if (!/^https?:$/u.test(url.protocol)) return { leftOut: "no_address" };
  if (url.host !== host) return { leftOut: "other_host" };
  url.hash = "";
  return { url: url.href };
}
