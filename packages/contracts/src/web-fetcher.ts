import type { Call } from "./call.ts";

/** What an address answered, while its body is still on the way. */
export interface FetchedPage {
  /** Where the body came from after all redirects, without its fragment. */
  readonly url: string;
  /** As the server names it, without parameters; a hint only. */
  readonly mediaType: string;
  /** The last part of the path, decoded; absent when it has none. For show and as a hint, never a path to open. */
  readonly fileName?: string;
  /** Decoded bytes; ends with an error above the limit or when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Fetches documents for whoever sends an address; nothing that is not public is asked unless the operator allows it. */
export interface WebFetcher {
  /**
   * Hands the page to `receive` and ends with its result; the connection is closed by then.
   * @throws {@link LarderError} `ADDRESS_REFUSED` with `reason`, `ADDRESS_UNREACHABLE`, `ADDRESS_ANSWERED_ERROR` with
   * `siteStatus`, `DOCUMENT_TOO_LARGE`
   */
  fetch<T>(url: string, receive: (page: FetchedPage) => Promise<T>, call: Call): Promise<T>;
}
