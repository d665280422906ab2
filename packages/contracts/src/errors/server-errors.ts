import type { ErrorRule } from "./error-rule.ts";

/** Requests, keys, and the server that takes them. */
export const serverErrors = {
  REQUEST_INVALID: {
    blame: "caller",
    retryable: false,
    meaning: "The request does not have the expected form.",
    hint: "Compare it with /openapi.json; `problems` names the fields.",
  },
  REQUEST_TOO_LARGE: {
    blame: "caller",
    retryable: false,
    meaning: "The request body is larger than the limit.",
    hint: "Send less at once, or raise the limit named in `setting`.",
  },
  REQUEST_UNSUPPORTED_MEDIA_TYPE: {
    blame: "caller",
    retryable: false,
    meaning: "The request's content type is not accepted by this route.",
    hint: "Send application/json or multipart/form-data, as /openapi.json says.",
  },
  REQUEST_KEY_REUSED: {
    blame: "caller",
    retryable: false,
    meaning: "This Idempotency-Key was used before with another request.",
    hint: "Use a new key for each different request.",
  },
  REQUEST_IN_PROGRESS: {
    blame: "caller",
    retryable: true,
    meaning: "A request with this Idempotency-Key is still being answered.",
    hint: "Wait for its answer, then repeat with the same key.",
  },
  REQUEST_STALLED: {
    blame: "caller",
    retryable: true,
    meaning: "The request's body did not go on in time.",
    hint: "Send it again; over a slow line raise the limit named in `setting`.",
  },
  REQUEST_ABORTED: {
    blame: "caller",
    retryable: true,
    meaning: "The request was given up before it was finished.",
    hint: "Send it again.",
  },
  ROUTE_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such route.",
    hint: "See /docs for the routes.",
  },
  METHOD_NOT_ALLOWED: {
    blame: "caller",
    retryable: false,
    meaning: "The route does not answer this method.",
    hint: "See /docs for the methods of each route.",
  },
  KEY_MISSING: {
    blame: "caller",
    retryable: false,
    meaning: "This server wants an API key.",
    hint: "Send Authorization: Bearer with one of the keys in LARDER_API_KEYS.",
  },
  KEY_WRONG: {
    blame: "caller",
    retryable: false,
    meaning: "The API key is not known here.",
    hint: "Send Authorization: Bearer with one of the keys in LARDER_API_KEYS.",
  },
  SERVER_STOPPING: {
    blame: "us",
    retryable: true,
    meaning: "The server is stopping.",
    hint: "Try again in a few seconds.",
  },
  SERVER_UNREACHABLE: {
    blame: "caller",
    retryable: true,
    meaning: "No Larder server answers at that address.",
    hint: "Start one with `larder serve`, or correct --server.",
  },
} as const satisfies Record<string, ErrorRule>;
