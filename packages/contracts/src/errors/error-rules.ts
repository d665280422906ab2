import { answeringErrors } from "./answering-errors.ts";
import { archiveErrors } from "./archive-errors.ts";
import { documentErrors } from "./document-errors.ts";
import { economicsErrors } from "./economics-errors.ts";
import type { ErrorRule } from "./error-rule.ts";
import { fileErrors } from "./file-errors.ts";
import { partErrors } from "./part-errors.ts";
import { serverErrors } from "./server-errors.ts";
import { sourceErrors } from "./source-errors.ts";
import { storageErrors } from "./storage-errors.ts";

/**
 * Every error that Larder raises, by its stable code (`<ROOM>_<FACT>`). A released code never changes its meaning.
 * `docs/errors.md` is written from this table by `npm run docs:errors`.
 */
export const errorRules = {
  ...storageErrors,
  ...serverErrors,
  ...documentErrors,
  ...partErrors,
  ...answeringErrors,
  ...economicsErrors,
  ...fileErrors,
  ...sourceErrors,
  ...archiveErrors,
  UNEXPECTED: {
    blame: "us",
    retryable: false,
    meaning: "A defect in Larder; the log has the cause.",
    hint: "Report it with the request id.",
  },
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof errorRules;
