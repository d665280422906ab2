import type { ErrorRule } from "./error-rule.ts";

/** Knowledge bases, documents, and the work of taking them in. */
export const documentErrors = {
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
    hint: "Save it as what `convert_to` says, or as text, Markdown, HTML, PDF, Word, PowerPoint, OpenDocument or EPUB.",
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
  DOCUMENT_SHARED: {
    blame: "caller",
    retryable: false,
    meaning: "Several senders have this document.",
    hint: "Name the one whose bytes change by its external_id, or add the new bytes as a document of their own.",
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
  JOB_CANCELLED: {
    blame: "caller",
    retryable: false,
    meaning: "The job was cancelled before the document was ready.",
    hint: "Queue it again with POST /v1/knowledge-bases/{kb}/documents/{doc}/retry.",
  },
  DOCUMENT_NOT_FAILED: {
    blame: "caller",
    retryable: false,
    meaning: "Only a failed document can be tried again.",
    hint: "See its `status`; to replace its content use PUT.",
  },
  JOB_ATTEMPTS_EXHAUSTED: {
    blame: "us",
    retryable: false,
    meaning: "The job was tried as often as the limit allows and never finished.",
    hint: "See the document's error; queue it again with POST /v1/knowledge-bases/{kb}/documents/{doc}/retry.",
  },
  QUEUE_FULL: {
    blame: "us",
    retryable: true,
    meaning: "Too many documents are waiting.",
    hint: "Try again after the time in Retry-After.",
  },
} as const satisfies Record<string, ErrorRule>;
