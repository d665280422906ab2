import type { ErrorCode, ErrorDetails } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { z } from "zod";

/** Why a request was refused, as far as it matters to where it goes next. */
export type RejectionReason =
  | "context_length"
  | "response_format"
  | "parameter_unsupported"
  | "model_unknown"
  | "content_filter"
  | "redirect"
  | "other";

const code = z.union([z.string(), z.number()]).nullish().catch(undefined);
const failure = z.object({ message: z.string().optional().catch(undefined), type: code, code });
const wire = z.object({ error: z.union([failure, z.string()]).optional().catch(undefined) });

/**
 * A typed error for a reply that is an error. The provider's own words are read for their meaning and then dropped:
 * they may repeat the prompt or the key. `details`: `status`, `reason`, `retryAfterMs`.
 */
export function fromStatus(status: number, body: unknown, retryAfterMs?: number): LarderError {
  const words = wordsOf(body);
  const details = { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  const fail = (errorCode: ErrorCode, more: ErrorDetails = {}) =>
    new LarderError(errorCode, { details: { ...details, ...more } });
  if (/insufficient.{0,10}(quota|balance|funds|credit)|credit balance|no credits/.test(words)) {
    return fail("PROVIDER_AUTHENTICATION", { reason: "no_credit" });
  }
  if (status === 403) {
    // Some refuse one model or one prompt this way; that is no reason to let every other call of the key wait.
    const reason = rejectionOf(status, words);
    if (reason === "content_filter" || reason === "model_unknown") return fail("PROVIDER_REJECTED", { reason });
  }
  if (status === 401 || status === 402 || status === 403) return fail("PROVIDER_AUTHENTICATION");
  if (status === 408 || status === 504 || status === 524) return fail("PROVIDER_TIMED_OUT");
  if (status === 429 || status === 503 || status === 529) return fail("PROVIDER_OVERLOADED");
  if (status >= 500 || status === 409 || status === 425) return fail("PROVIDER_FAILED");
  return fail("PROVIDER_REJECTED", { reason: rejectionOf(status, words) });
}

/** An error object inside a reply of status 200. Nobody can tell whether it was billed. */
export function fromBand(error: unknown): LarderError {
  const parsed = failure.extend({ status: code }).safeParse(error);
  const said = Number(parsed.data?.code ?? parsed.data?.status);
  const status = Number.isInteger(said) && said >= 400 && said <= 599 ? said : 500;
  const typed = fromStatus(status, { error });
  return new LarderError(typed.code, { details: { ...typed.details, isInBand: true } });
}

/** No connection, or no trust in it: name, address, TLS and certificate. Nothing of the request was sent. */
const neverStood =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_)/;

/** A socket that failed. Only a connection that never stood is sure to have cost nothing. */
export function fromConnection(thrown: unknown): LarderError {
  const systemCode = codesOf(thrown).find((each) => each !== undefined) ?? "unknown";
  const details = { reason: systemCode };
  const cause = thrown;
  if (neverStood.test(systemCode)) return new LarderError("PROVIDER_UNREACHABLE", { details, cause });
  return new LarderError("PROVIDER_FAILED", { details, cause });
}

function rejectionOf(status: number, words: string): RejectionReason {
  if (status >= 300 && status < 400) return "redirect";
  if (
    /context.{0,3}(length|window|size)|maximum context|too many (input )?tokens|(prompt|input) is too long/.test(words)
  ) {
    return "context_length";
  }
  if (status === 413) return "context_length";
  if (/content.?(filter|policy|management)|moderation|flagged|safety system|responsible ai/.test(words)) {
    return "content_filter";
  }
  if (/response_format|json_schema|structured output/.test(words)) return "response_format";
  if (
    /(unknown|invalid|no such|unsupported) model|model_not_found|model.{0,80}(not found|does not exist|not exist)|access to (the )?model/.test(
      words,
    )
  ) {
    return "model_unknown";
  }
  if (/unsupported.{0,3}(parameter|value)|(parameter|argument).{0,60}(is )?not supported/.test(words)) {
    return "parameter_unsupported";
  }
  return "other";
}

function wordsOf(body: unknown): string {
  const error = wire.safeParse(body).data?.error;
  if (error === undefined) return "";
  if (typeof error === "string") return error.toLowerCase();
  return [error.code, error.type, error.message]
    .map((word) => String(word ?? ""))
    .join(" ")
    .toLowerCase();
}

/** The system's code is some causes down: SDK, then fetch, then the socket. */
function codesOf(thrown: unknown, depth = 0): readonly (string | undefined)[] {
  if (typeof thrown !== "object" || thrown === null || depth > 5) return [];
  const own = "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
  const cause = "cause" in thrown ? codesOf(thrown.cause, depth + 1) : [];
  const many =
    "errors" in thrown && Array.isArray(thrown.errors) ? thrown.errors.flatMap((e) => codesOf(e, depth + 1)) : [];
  return [own, ...cause, ...many];
}
