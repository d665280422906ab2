import type { Attempt, LarderError } from "@larder/contracts";

/**
 * Whether a failed call was charged. Only two things are sure: a connection that never stood, and a refusal by HTTP
 * status before any text. A gateway's time-out, a socket that broke, an error inside a reply: nobody can tell.
 */
export function billedAfter(error: LarderError, hasText: boolean): Attempt["billed"] {
  if (hasText || error.details.isInBand === true) return "unknown";
  if (error.code === "PROVIDER_UNREACHABLE") return "no";
  if (error.code === "PROVIDER_TIMED_OUT") return "unknown";
  return typeof error.details.status === "number" ? "no" : "unknown";
}
