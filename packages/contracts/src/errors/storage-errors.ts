import type { ErrorRule } from "./error-rule.ts";

/** Settings, the data folder and the database in it. */
export const storageErrors = {
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
  RECEIPT_DAMAGED: {
    blame: "caller",
    retryable: false,
    meaning: "A stored receipt cannot be read: its row in the database was changed or damaged.",
    hint: "`larder receipts verify` finds every receipt that is not as it was written; restore the data folder from a backup.",
  },
  STORE_DAMAGED: {
    blame: "caller",
    retryable: false,
    meaning: "The database file is damaged or is not a database.",
    hint: "Restore the data folder from a backup, or choose another LARDER_DATA_DIR.",
  },
} as const satisfies Record<string, ErrorRule>;
