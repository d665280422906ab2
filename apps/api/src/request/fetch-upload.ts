import type { BlobStore, Call, Metadata, Upload, WebFetcher } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { cleanFileName } from "./clean-file-name.ts";

/** An address to take a document from, with what its sender says about it. */
export interface AddressRequest {
  readonly url: string;
  readonly title?: string;
  readonly metadata: Metadata;
}

/**
 * Streams what an address gives into the blob store. The address that the bytes came from is kept in the metadata as
 * `source_url`.
 * @throws {@link LarderError} as {@link WebFetcher.fetch}; `DOCUMENT_EMPTY`
 */
export async function fetchUpload(
  { url, title, metadata }: AddressRequest,
  { webFetcher, blobs, bytesMax }: { webFetcher: WebFetcher; blobs: BlobStore; bytesMax: number },
  call: Call,
): Promise<Upload> {
  return await webFetcher.fetch(
    url,
    async (page) => {
      const blob = await blobs.put(page.body, { bytesMax }, call);
      if (blob.bytes === 0) throw new LarderError("DOCUMENT_EMPTY");
      const named = page.fileName === undefined ? {} : { fileName: cleanFileName(page.fileName) };
      return {
        ...blob,
        ...named,
        title: title ?? named.fileName ?? new URL(page.url).hostname,
        mediaType: page.mediaType === "" ? "application/octet-stream" : page.mediaType,
        metadata: { source_url: page.url, ...metadata },
      };
    },
    call,
  );
}

/** What names a document that comes from an address: the same one again is a new version. */
export function addressWithoutFragment(raw: string): string {
  const url = new URL(raw);
  url.hash = "";
  return url.href;
}
