import type { Blame, ErrorCode, ErrorDetails, ErrorRecord } from "@larder/contracts";
import { errorRules, LarderError } from "@larder/contracts";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ApiContext } from "./api-env.ts";
import type { ErrorBody } from "./bodies/problem-body.ts";
import type { OpenAiError } from "./gateway/openai-error.ts";
import { chatCompletionsPath, toOpenAiError } from "./gateway/openai-error.ts";
import type { FieldProblem } from "./request/field-problems.ts";
import { FieldProblems, invalidRequest } from "./request/field-problems.ts";

/** The only place where an error meets HTTP. Statuses that differ from their blame's: */
const statusByCode: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  KEY_MISSING: 401,
  KEY_WRONG: 401,
  BUDGET_EXHAUSTED: 402,
  BUDGET_PROTECTED: 403,
  ROUTE_NOT_FOUND: 404,
  KNOWLEDGE_BASE_NOT_FOUND: 404,
  DOCUMENT_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  RECEIPT_NOT_FOUND: 404,
  PASSAGE_NOT_IN_RECEIPT: 404,
  BUDGET_NOT_FOUND: 404,
  BATCH_REQUEST_NOT_FOUND: 404,
  SAVINGS_RUN_NOT_FOUND: 404,
  MODEL_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_ABORTED: 408,
  REQUEST_STALLED: 408,
  REQUEST_KEY_REUSED: 409,
  REQUEST_IN_PROGRESS: 409,
  SAVINGS_RUN_IN_PROGRESS: 409,
  KNOWLEDGE_BASE_NAME_TAKEN: 409,
  DOCUMENT_CONFLICT: 409,
  DOCUMENT_SHARED: 409,
  DOCUMENT_NOT_FAILED: 409,
  EMBEDDER_MISMATCH: 409,
  DATA_DIR_IN_USE: 409,
  REQUEST_TOO_LARGE: 413,
  DOCUMENT_TOO_LARGE: 413,
  ARCHIVE_TOO_LARGE: 413,
  REQUEST_UNSUPPORTED_MEDIA_TYPE: 415,
  DOCUMENT_UNSUPPORTED: 415,
  ARCHIVE_UNSUPPORTED: 415,
  DOCUMENT_MALFORMED: 422,
  DOCUMENT_ENCRYPTED: 422,
  DOCUMENT_NO_TEXT: 422,
  SAVINGS_RUN_INVALID: 422,
  DATA_SET_INVALID: 422,
  POLICY_UNSATISFIABLE: 422,
  ECONOMICS_HISTORY_TOO_SHORT: 422,
  ECONOMICS_COMPARATOR_UNPRICED: 422,
  ECONOMICS_SPEED_UNKNOWN: 422,
  PASSAGE_GONE: 422,
  REPLAY_IMPOSSIBLE: 422,
  REPLAY_QUESTION_MISSING: 422,
  REPLAY_QUESTION_DIFFERS: 422,
  ARCHIVE_UNSAFE: 422,
  ARCHIVE_MALFORMED: 422,
  ARCHIVE_ENCRYPTED: 422,
  ARCHIVE_EMPTY: 422,
  ADDRESS_REFUSED: 422,
  ADDRESS_FORBIDS_ROBOTS: 422,
  QUEUE_FULL: 429,
  RECEIPT_DAMAGED: 500,
  ADDRESS_UNREACHABLE: 502,
  ADDRESS_ANSWERED_ERROR: 502,
  SERVER_STOPPING: 503,
  STORE_BUSY: 503,
  EMBEDDER_UNAVAILABLE: 503,
  INDEX_UNAVAILABLE: 503,
  INDEX_BUSY: 503,
  INDEX_BEHIND: 503,
  INDEX_REBUILDING: 503,
  CHILD_PROCESS_ENDED: 503,
  PROVIDER_OVERLOADED: 503,
  PROVIDER_TIMED_OUT: 504,
  STORE_FULL: 507,
};

const statusByBlame: Record<Blame, ContentfulStatusCode> = { caller: 400, provider: 502, us: 500 };

/** Seconds after which a refused caller may come again; chosen arbitrarily, a task takes about as long. */
const retryAfterSecondsDefault: Partial<Record<ErrorCode, number>> = {
  QUEUE_FULL: 5,
  REQUEST_IN_PROGRESS: 1,
  INDEX_BUSY: 1,
  INDEX_BEHIND: 1,
  INDEX_REBUILDING: 5,
  INDEX_UNAVAILABLE: 5,
  SERVER_STOPPING: 5,
  STORE_BUSY: 1,
};

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly hint: string;
  readonly request_id: string;
  readonly [fact: string]: unknown;
}

export function problemStatus(code: ErrorCode): ContentfulStatusCode {
  return statusByCode[code] ?? statusByBlame[errorRules[code].blame];
}

/** Whatever was thrown, as one of our errors. What nobody expected is `UNEXPECTED`, with the original as its cause. */
export function asLarderError(thrown: unknown): LarderError {
  if (LarderError.is(thrown)) return thrown;
  if (thrown instanceof HTTPException && thrown.status < 500) {
    return invalidRequest({ field: "request", reason: "cannot be read" });
  }
  return new LarderError("UNEXPECTED", { cause: thrown });
}

/** An error that something carries, such as a document, with its facts beside it as in a problem. */
export function toErrorBody(record: ErrorRecord | undefined): ErrorBody | null {
  if (record === undefined) return null;
  const { code, message, hint, details = {} } = record;
  return { ...callerFacts({ code, details }), code, message, hint };
}

export function fromErrorRecord(record: ErrorRecord, facts: ErrorDetails = {}): LarderError {
  return new LarderError(record.code, { details: { ...record.details, ...facts } });
}

export function toProblemBody(error: LarderError, requestId: string): ProblemBody {
  const { code, message: title, retryable, hint } = error;
  const problems = fieldProblemsOf(error);
  return {
    ...callerFacts(error),
    ...(problems === undefined ? {} : { problems }),
    type: `/errors/${code}`,
    title,
    status: problemStatus(code),
    detail: problems === undefined ? title : problems.map(({ field, reason }) => `${field}: ${reason}`).join("; "),
    code,
    retryable,
    hint,
    request_id: requestId,
  };
}

/** What is wrong field by field; a port says the same in words, one `field: reason` a line. */
function fieldProblemsOf({ cause, details }: LarderError): readonly FieldProblem[] | undefined {
  if (cause instanceof FieldProblems) return cause.list;
  if (typeof details.problems !== "string") return undefined;
  return details.problems.split("\n").map((line) => {
    const [field = "", ...reason] = line.split(": ");
    return reason.length === 0 ? { field: "request", reason: field } : { field, reason: reason.join(": ") };
  });
}

/** With OpenAI's `error` object as one more field, for clients that look for nothing else. */
export function toGatewayProblem(error: LarderError, requestId: string): ProblemBody & { readonly error: OpenAiError } {
  const body = toProblemBody(error, requestId);
  const field = fieldProblemsOf(error)?.[0]?.field;
  return { ...body, error: toOpenAiError(error, body.status, body.detail, field) };
}

export function problemResponse(thrown: unknown, c: ApiContext): Response {
  const error = asLarderError(thrown);
  const toBody = c.req.path === chatCompletionsPath ? toGatewayProblem : toProblemBody;
  const body = toBody(error, c.get("requestId") ?? "");
  return new Response(JSON.stringify(body), { status: body.status, headers: problemHeaders(error) });
}

export function problemHeaders(error: LarderError): Record<string, string> {
  const retryAfter = retryAfterSeconds(error);
  return {
    "content-type": "application/problem+json",
    ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    ...(problemStatus(error.code) === 401 ? { "www-authenticate": 'Bearer realm="larder"' } : {}),
    ...(error.code === "REQUEST_STALLED" ? { connection: "close" } : {}), // what comes late is of no request
    ...(error.code === "METHOD_NOT_ALLOWED" ? { allow: String(error.details.allow ?? "") } : {}),
  };
}

function retryAfterSeconds({ code, details }: LarderError): number | undefined {
  const { retryAfterMs } = details;
  return typeof retryAfterMs === "number" ? Math.ceil(retryAfterMs / 1_000) : retryAfterSecondsDefault[code];
}

const standardNames = new Set([
  ...["type", "title", "status", "detail", "code", "retryable", "hint", "request_id"],
  "message", // of an error that something carries
]);
const looksLikePath = /(?:^|\s)(?:\/|~\/|[A-Za-z]:\\)/;

/** The error's facts in the wire's spelling. Ours say where the defect is, not what the caller may do: they stay here. */
function callerFacts({ code, details }: Pick<LarderError, "code" | "details">): Record<string, ErrorDetails[string]> {
  if (errorRules[code].blame === "us" || problemStatus(code) === 404) return {}; // what is not there is in the path already
  const facts: Record<string, ErrorDetails[string]> = {};
  for (const [name, value] of Object.entries(details)) {
    if (name === "allow" || name === "problems" || (typeof value === "string" && looksLikePath.test(value))) continue;
    const wireName = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    facts[standardNames.has(wireName) ? `provider_${wireName}` : wireName] = value;
  }
  return facts;
}
