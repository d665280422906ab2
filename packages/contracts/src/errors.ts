/** Who must act before the same call can succeed. */
export type Blame = "caller" | "provider" | "us";

export interface ErrorRule {
  readonly blame: Blame;
  /** The same call, unchanged, may succeed later. */
  readonly retryable: boolean;
  readonly meaning: string;
  /** What to do about it, in one sentence. */
  readonly hint: string;
}

/**
 * Every error that Larder raises, by its stable code (`<ROOM>_<FACT>`). A released code never changes its meaning.
 * `docs/errors.md` is written from this table by `npm run docs:errors`.
 */
export const errorRules = {
  CONFIG_INVALID: {
    blame: "caller",
    retryable: false,
    meaning: "A setting has a value that cannot be used.",
    hint: "Correct the settings named in `problems`; docs/settings.md lists every one with its default.",
  },
  DATA_DIR_IN_USE: {
    blame: "caller",
    retryable: true,
    meaning: "Another process has this data folder open.",
    hint: "Stop that process, talk to it with --server, or choose another LARDER_DATA_DIR.",
  },
  DATA_DIR_UNUSABLE: {
    blame: "caller",
    retryable: false,
    meaning: "The data folder cannot be created, read or written.",
    hint: "Check that the folder exists, is writable and that the disk has space.",
  },
  STORE_NEWER: {
    blame: "caller",
    retryable: false,
    meaning: "The database was written by a newer Larder.",
    hint: "Run the newer version, or use another LARDER_DATA_DIR.",
  },
  STORE_BUSY: {
    blame: "us",
    retryable: true,
    meaning: "The database stayed locked for too long.",
    hint: "Try again; if it persists, look for another program that holds the database open.",
  },
  STORE_FULL: {
    blame: "caller",
    retryable: true,
    meaning: "The disk that holds the data folder is full.",
    hint: "Free some space; nothing that was acknowledged is lost.",
  },
  STORE_DAMAGED: {
    blame: "caller",
    retryable: false,
    meaning: "The database file is damaged or is not a database.",
    hint: "Restore the data folder from a backup, or choose another LARDER_DATA_DIR.",
  },
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
  KNOWLEDGE_BASE_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such knowledge base.",
    hint: "List them with GET /v1/knowledge-bases.",
  },
  KNOWLEDGE_BASE_NAME_TAKEN: {
    blame: "caller",
    retryable: false,
    meaning: "A knowledge base of that name exists.",
    hint: "Choose another name, or use the existing one.",
  },
  DOCUMENT_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such document in this knowledge base.",
    hint: "List them with GET /v1/knowledge-bases/{kb}/documents.",
  },
  DOCUMENT_EMPTY: {
    blame: "caller",
    retryable: false,
    meaning: "The document has no bytes.",
    hint: "Send a file with content.",
  },
  DOCUMENT_TOO_LARGE: {
    blame: "caller",
    retryable: false,
    meaning: "The document is larger than the limit.",
    hint: "Split it, or raise the limit named in `setting`.",
  },
  DOCUMENT_UNSUPPORTED: {
    blame: "caller",
    retryable: false,
    meaning: "Documents of this type cannot be read.",
    hint: "Send text, Markdown, HTML or PDF, or convert the document to one of them.",
  },
  DOCUMENT_MALFORMED: {
    blame: "caller",
    retryable: false,
    meaning: "The document's bytes are damaged or not what they claim to be.",
    hint: "Open it in its own program and save it again.",
  },
  DOCUMENT_ENCRYPTED: {
    blame: "caller",
    retryable: false,
    meaning: "The document is protected by a password.",
    hint: "Remove the password and send it again.",
  },
  DOCUMENT_NO_TEXT: {
    blame: "caller",
    retryable: false,
    meaning: "The document holds no text that can be read.",
    hint: "A scan needs optical character recognition before it is sent.",
  },
  DOCUMENT_CONFLICT: {
    blame: "caller",
    retryable: false,
    meaning: "These bytes are already another document of this knowledge base.",
    hint: "Use the document named in `document_id`, or delete it first.",
  },
  PARSER_TIMED_OUT: {
    blame: "caller",
    retryable: false,
    meaning: "Reading the document took longer than the limit.",
    hint: "Split the document, or raise LARDER_PARSE_TIMEOUT_MS.",
  },
  PARSER_OUT_OF_MEMORY: {
    blame: "caller",
    retryable: false,
    meaning: "Reading the document took more memory than the limit.",
    hint: "Split the document, or raise LARDER_PARSE_MEMORY_BYTES_MAX.",
  },
  PARSER_CRASHED: {
    blame: "us",
    retryable: true,
    meaning: "The process that reads documents ended unexpectedly.",
    hint: "It is tried again by itself; if it fails each time, report the document.",
  },
  JOB_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such job.",
    hint: "Job ids come with the answer to an upload.",
  },
  JOB_ATTEMPTS_EXHAUSTED: {
    blame: "us",
    retryable: false,
    meaning: "The job was tried as often as the limit allows and never finished.",
    hint: "See the document's error; send the document again to try anew.",
  },
  QUEUE_FULL: {
    blame: "us",
    retryable: true,
    meaning: "Too many documents are waiting.",
    hint: "Try again after the time in Retry-After.",
  },
  EMBEDDER_MODEL_UNTRUSTED: {
    blame: "caller",
    retryable: false,
    meaning: "A file of the embedding model does not have the expected content.",
    hint: "Restore the model's files; docs/guides/embedding-models.md says how they are pinned.",
  },
  EMBEDDER_MODEL_MISSING: {
    blame: "caller",
    retryable: false,
    meaning: "The embedding model's files are not there.",
    hint: "Put them under LARDER_MODELS_DIR, or use the carried model.",
  },
  EMBEDDER_UNAVAILABLE: {
    blame: "us",
    retryable: true,
    meaning: "The embedding process does not answer.",
    hint: "It is restarted by itself; try again in a moment.",
  },
  EMBEDDER_MISMATCH: {
    blame: "caller",
    retryable: false,
    meaning: "The knowledge base was embedded with another model.",
    hint: "Start Larder with the model named in `expected`, or make a new knowledge base.",
  },
  EMBEDDER_OUTPUT_INVALID: {
    blame: "us",
    retryable: false,
    meaning: "The embedding model gave a vector that is not finite or of the wrong length.",
    hint: "Check the model with `larder doctor`.",
  },
  MODEL_FILES_INCOMPLETE: {
    blame: "caller",
    retryable: false,
    meaning: "The folder does not hold the files of a model.",
    hint: "Put the files named in `missing` there, or choose the graph that is there with --dtype.",
  },
  MODEL_PINS_DIFFER: {
    blame: "caller",
    retryable: false,
    meaning: "The files are not those that were pinned.",
    hint: "Find out why the files named in `files` changed; --replace pins them as they are now.",
  },
  RERANKER_MODEL_MISSING: {
    blame: "caller",
    retryable: false,
    meaning: "The reranking model's files are not there.",
    hint: "Put them under LARDER_MODELS_DIR, or start without LARDER_RERANKER_MODEL.",
  },
  RERANKER_MODEL_UNTRUSTED: {
    blame: "caller",
    retryable: false,
    meaning: "A file of the reranking model does not have the expected content.",
    hint: "Restore the model's files, or pin them with `larder models pin`.",
  },
  RERANKER_OUTPUT_INVALID: {
    blame: "us",
    retryable: false,
    meaning: "The reranking model gave a score that is not finite, or no score of a pair of texts.",
    hint: "Take a sequence-classification model with one or two labels; docs/guides/reranking.md names some.",
  },
  RERANKER_UNAVAILABLE: {
    blame: "us",
    retryable: true,
    meaning: "The reranking process does not answer.",
    hint: "Search goes on without it; it is restarted by itself.",
  },
  INDEX_VECTOR_INVALID: {
    blame: "us",
    retryable: false,
    meaning: "A vector is not finite, is zero, or has the wrong number of dimensions.",
    hint: "Check the embedding model with `larder doctor`.",
  },
  INDEX_BEHIND: {
    blame: "us",
    retryable: true,
    meaning: "The vector index lacks operations that come before these.",
    hint: "It is brought level from the database by itself; try again.",
  },
  INDEX_FULL: {
    blame: "caller",
    retryable: false,
    meaning: "The knowledge base has more vectors than one index can hold.",
    hint: "Divide the documents over several knowledge bases, or use a model with fewer dimensions.",
  },
  INDEX_UNAVAILABLE: {
    blame: "us",
    retryable: true,
    meaning: "The vector index does not answer.",
    hint: "It is restarted and rebuilt by itself; search goes on lexically meanwhile.",
  },
  CHILD_PROCESS_ENDED: {
    blame: "us",
    retryable: true,
    meaning: "A child process ended before it had answered.",
    hint: "It is restarted by itself; try again in a moment.",
  },
  QUERY_EMPTY: {
    blame: "caller",
    retryable: false,
    meaning: "The question has no text.",
    hint: "Send a question with at least one visible character.",
  },
  BUDGET_EXHAUSTED: {
    blame: "caller",
    retryable: true,
    meaning: "The budget has too little left for any model that could answer.",
    hint: "Wait for its next window, raise it with PUT /v1/budgets, or set up a local model, which no budget stops.",
  },
  BUDGET_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such budget.",
    hint: "List them with GET /v1/budgets.",
  },
  BUDGET_PROTECTED: {
    blame: "caller",
    retryable: false,
    meaning: "A key that has a budget of its own may not change budgets.",
    hint: "Use a key without one, or `larder budgets` on the machine of the data folder.",
  },
  POLICY_UNSATISFIABLE: {
    blame: "caller",
    retryable: false,
    meaning: "No configured model satisfies the policy.",
    hint: "`route.candidates` says why each model is out; relax the policy or configure another provider.",
  },
  PROVIDERS_FILE_INVALID: {
    blame: "caller",
    retryable: false,
    meaning: "The providers file cannot be used.",
    hint: "Correct the entries named in `problems`; docs/guides/routing.md shows the form.",
  },
  PROVIDER_AUTHENTICATION: {
    blame: "provider",
    retryable: false,
    meaning: "The provider refused the credentials.",
    hint: "Check the provider's API key and its permissions.",
  },
  PROVIDER_REJECTED: {
    blame: "provider",
    retryable: false,
    meaning: "The provider refused the request.",
    hint: "See `status`; the model may not support what was asked.",
  },
  PROVIDER_OVERLOADED: {
    blame: "provider",
    retryable: true,
    meaning: "The provider refused because of load.",
    hint: "Try again after a while; the next candidate is used meanwhile.",
  },
  PROVIDER_FAILED: {
    blame: "provider",
    retryable: true,
    meaning: "The provider failed to answer.",
    hint: "Try again; the next candidate is used meanwhile.",
  },
  PROVIDER_TIMED_OUT: {
    blame: "provider",
    retryable: true,
    meaning: "The provider took longer than the limit.",
    hint: "Try again, or raise the time limits of providers in docs/settings.md.",
  },
  PROVIDER_UNREACHABLE: {
    blame: "provider",
    retryable: true,
    meaning: "The provider cannot be reached.",
    hint: "Check its address and the network.",
  },
  PROVIDER_REPLY_MALFORMED: {
    blame: "provider",
    retryable: true,
    meaning: "The provider's reply does not have the expected form.",
    hint: "Check that its base URL speaks the OpenAI chat format.",
  },
  PROVIDER_STREAM_BROKEN: {
    blame: "provider",
    retryable: false,
    meaning: "The provider's stream ended before the answer was complete.",
    hint: "The text so far is incomplete and may be billed; asking again is a new call that is paid for anew.",
  },
  MODEL_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such model in the price book.",
    hint: "List them with GET /v1/models.",
  },
  MODEL_UNKNOWN: {
    blame: "caller",
    retryable: false,
    meaning: "The policy names a model that is neither configured nor in the catalog.",
    hint: "`larder quote` and GET /v1/models list the names; a local server's models are known while it runs.",
  },
  RECEIPT_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such receipt.",
    hint: "List them with GET /v1/receipts.",
  },
  FILE_NOT_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no such file or folder.",
    hint: "Check the path.",
  },
  FILE_NONE_FOUND: {
    blame: "caller",
    retryable: false,
    meaning: "There is no file to read.",
    hint: "Larder reads text, Markdown, HTML and PDF; hidden files and folders of build tools are left out.",
  },
  DATA_SET_INVALID: {
    blame: "caller",
    retryable: false,
    meaning: "An evaluation set is missing or does not have the expected form.",
    hint: "docs/guides/evaluation.md describes the form.",
  },
  EVALUATION_FILE_INVALID: {
    blame: "caller",
    retryable: false,
    meaning: "A file of saved evaluation results cannot be used.",
    hint: "Write it anew with `npm run eval -- --save`; two files are compared when they measured a set with one pipeline.",
  },
  UNEXPECTED: {
    blame: "us",
    retryable: false,
    meaning: "A defect in Larder; the log has the cause.",
    hint: "Report it with the request id.",
  },
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof errorRules;

/** Facts about a failure: ids, counts, limits. Never document text, queries, vectors, headers or keys. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** The one error class. `message` is the code's meaning; facts are in `details`, the original in `cause`. */
export class LarderError extends Error {
  override readonly name = "LarderError";
  /** Marks the class across copies of this module, where `instanceof` fails. */
  readonly "~larder" = "error" as const;
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, facts: { readonly details?: ErrorDetails; readonly cause?: unknown } = {}) {
    super(errorRules[code].meaning, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.details = facts.details ?? {};
  }

  get blame(): Blame {
    return errorRules[this.code].blame;
  }

  get retryable(): boolean {
    return errorRules[this.code].retryable;
  }

  get hint(): string {
    return errorRules[this.code].hint;
  }

  static is(thrown: unknown): thrown is LarderError {
    return typeof thrown === "object" && thrown !== null && "~larder" in thrown;
  }
}

/** A failure as plain data, for rows and messages between processes. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly details?: ErrorDetails;
}

export function toErrorRecord(error: LarderError): ErrorRecord {
  return { code: error.code, message: error.message, hint: error.hint, details: error.details };
}

/** For the `default` of an exhaustive `switch`: a new kind fails to compile there. */
export function unreachable(value: never): never {
  throw new LarderError("UNEXPECTED", { cause: value });
}
