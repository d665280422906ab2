import type { ErrorRule } from "./error-rule.ts";

/** Files that a command reads: documents, evaluation sets, saved results. */
export const fileErrors = {
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
    hint: "docs/guides/ingestion.md lists what Larder reads; hidden files and folders of build tools are left out.",
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
} as const satisfies Record<string, ErrorRule>;
