import type { Call, SitemapReader, WebFetcher } from "@larder/contracts";

export interface SitemapPages {
  /** Each once, in the order of the sitemap. */
  readonly urls: readonly string[];
  /** Addresses that stand in the sitemap and are of another host, or none that can be fetched. */
  readonly leftOut: number;
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
  let leftOut = 0;
  let isCut = false;
  const take = (found: readonly string[], host: string): void => {
    for (const address of found) {
      const page = onHost(address, host);
      if (page === undefined) leftOut += 1;
      else if (pages.size < pagesMax || pages.has(page)) pages.add(page);
      else isCut = true;
    }
  };
  const first = await read(url, pagesMax);
  const { host } = new URL(first.url);
  isCut = first.isCut;
  if (first.kind === "pages") take(first.addresses, host);
  else {
    const files = first.addresses.map((address) => onHost(address, host));
    const named = files.filter((address) => address !== undefined);
    leftOut += files.length - named.length;
    isCut ||= named.length > filesMax - 1;
    for (const address of named.slice(0, filesMax - 1)) {
      if (pages.size >= pagesMax) {
        isCut = true;
        break;
      }
      const { kind, addresses, isCut: isFileCut } = await read(address, pagesMax);
      isCut ||= isFileCut;
      if (kind === "pages") take(addresses, host);
      else leftOut += 1;
    }
  }
  return { urls: [...pages], leftOut, isCut };
}

function onHost(address: string, host: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.host !== host || !/^https?:$/u.test(url.protocol)) return undefined;
  url.hash = "";
  return url.href;
}
