import type { ErrorRule } from "./error-rule.ts";

/** The parts that run on this machine, each in a child process: embedder, reranker, index. */
export const partErrors = {
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
    hint: "Make its documents anew with `larder reindex`, or start Larder with the model named in `expected`.",
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
  INDEX_REBUILDING: {
    blame: "us",
    retryable: true,
    meaning: "The vector index is being made anew from the database, which takes longer than a search may wait.",
    hint: "Search goes on lexically meanwhile; GET /health/ready says how far it is. Try again after the time in Retry-After.",
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
  NATIVE_BUILD_FAILED: {
    blame: "caller",
    retryable: false,
    meaning: "The library hnswlib-node could not be built for this processor.",
    hint: "The plain build stays in use. A C++ compiler, make and Python have to be there; the cause has their words.",
  },
  INDEX_BUSY: {
    blame: "us",
    retryable: true,
    meaning: "More requests wait for the vector index than it may have waiting.",
    hint: "Try again after the time in Retry-After, or raise LARDER_INDEX_PENDING_MAX.",
  },
  CHILD_PROCESS_ENDED: {
    blame: "us",
    retryable: true,
    meaning: "A child process ended before it had answered.",
    hint: "It is restarted by itself; try again in a moment.",
  },
} as const satisfies Record<string, ErrorRule>;
