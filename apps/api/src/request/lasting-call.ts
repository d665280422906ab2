import type { Call } from "@larder/contracts";
import type { ApiContext } from "../api-env.ts";

/** Ends with the server, not with its client, who will send the key again and must not be billed twice for it. */
export function lastingCall(c: ApiContext): Call {
  return { signal: c.env?.stopping?.() ?? new AbortController().signal };
}
