import type { ErrorRule } from "./error-rule.ts";

/** Archives whose entries become documents. */
export const archiveErrors = {
  ARCHIVE_UNSAFE: {
    blame: "caller",
    retryable: false,
    meaning: "The archive holds an entry that is no plain file, or whose name leads out of it.",
    hint: "Pack it again from a folder of plain files, without links and with relative names.",
  },
  ARCHIVE_TOO_LARGE: {
    blame: "caller",
    retryable: false,
    meaning: "The archive holds more than the limit.",
    hint: "Send its files in several archives, or raise the limit named in `setting`.",
  },
  ARCHIVE_MALFORMED: {
    blame: "caller",
    retryable: false,
    meaning: "The archive's bytes are damaged or cut short.",
    hint: "Make the archive again, or send the files themselves.",
  },
  ARCHIVE_ENCRYPTED: {
    blame: "caller",
    retryable: false,
    meaning: "The archive is protected by a password.",
    hint: "Unpack it and send it without the password.",
  },
  ARCHIVE_UNSUPPORTED: {
    blame: "caller",
    retryable: false,
    meaning: "The archive holds an entry in a form that cannot be read.",
    hint: "Pack it again as a plain ZIP (deflate) or TAR.",
  },
  ARCHIVE_EMPTY: {
    blame: "caller",
    retryable: false,
    meaning: "The archive holds no file, hidden ones apart.",
    hint: "Send an archive with documents in it.",
  },
} as const satisfies Record<string, ErrorRule>;
