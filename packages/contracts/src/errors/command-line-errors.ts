import type { ErrorRule } from "./error-rule.ts";

/** Codes that the command line adds to those of Larder itself: what no server could say. */
export const commandLineErrors = {
  COMMAND_INVALID: {
    blame: "caller",
    retryable: false,
    meaning: "The command line asks for something that there is not.",
    hint: "See: larder <command> --help.",
  },
  LOCK_UNREADABLE: {
    blame: "caller",
    retryable: false,
    meaning: "The lock file cannot be read, or is of another version.",
    hint: "Write one with `larder lock write`.",
  },
  QUESTIONS_UNREADABLE: {
    blame: "caller",
    retryable: false,
    meaning: "The file is no list of questions.",
    hint: 'Each line is JSON with a "question".',
  },
  RECEIPTS_UNREADABLE: {
    blame: "caller",
    retryable: false,
    meaning: "The file of receipts cannot be read.",
    hint: "Write one with: larder receipts export > receipts.jsonl.",
  },
  SERVER_UNREACHABLE: {
    blame: "caller",
    retryable: true,
    meaning: "No Larder server answers at that address, or it ended a reply early.",
    hint: "Start one there with `npm start` (or `larder serve`), correct --server, or leave it out to work without one.",
  },
  SPENDING_ABOVE_LIMIT: {
    blame: "caller",
    retryable: false,
    meaning: "The run may cost more than --max-spend.",
    hint: "Raise --max-spend, or take fewer questions, arms or budgets.",
  },
} as const satisfies Record<string, ErrorRule>;
