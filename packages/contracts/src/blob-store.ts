import type { Call } from "./call.ts";

export interface Blob {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Uploaded bytes by their SHA-256. What was written is durable and is never changed. */
export interface BlobStore {
  /**
   * Streams to disk and keeps the bytes under their hash; returns after fsync of file and folder. The same bytes again
   * cost a read, not a second copy. Nothing is left behind when the source fails or the call is aborted.
   * @throws {@link LarderError} `DOCUMENT_TOO_LARGE` as soon as `bytesMax` is passed; `STORE_FULL`
   */
  put(source: AsyncIterable<Uint8Array>, limits: { readonly bytesMax: number }, call: Call): Promise<Blob>;
  /** A local file with these bytes, or `undefined`. It must only be read. */
  localFile(sha256: string, call: Call): Promise<string | undefined>;
}
