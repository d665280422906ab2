import type { Blame } from "./error-rule.ts";
import type { ErrorCode } from "./error-rules.ts";
import { errorRules } from "./error-rules.ts";

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
