import { LarderError } from "@larder/contracts";
import type { z } from "zod";

/** One thing that is wrong with a request. Never holds a value that was sent. */
export interface FieldProblem {
  /** Such as `filter.document_ids[3]`, `query.limit`, `body`. */
  readonly field: string;
  readonly reason: string;
}

const problemsMax = 20; // a reader mends a few at a time; a hostile body could have a million
const fieldCharactersMax = 120;

/** The cause of a `REQUEST_INVALID`; the problem document lists it as `problems`. */
export class FieldProblems extends Error {
  override readonly name = "FieldProblems";
  readonly list: readonly FieldProblem[];

  constructor(list: readonly FieldProblem[]) {
    super(list.map(({ field, reason }) => `${field}: ${reason}`).join("; "));
    this.list = list;
  }
}

export function invalidRequest(...problems: readonly FieldProblem[]): LarderError {
  return new LarderError("REQUEST_INVALID", { cause: new FieldProblems(problems.slice(0, problemsMax)) });
}

/** A schema's complaints as problems. `place` is the part of the request that the schema read; the body has none. */
export function invalidFields(error: z.core.$ZodError, place?: string): LarderError {
  const problems = error.issues.slice(0, problemsMax).flatMap((issue) => toProblems(issue, place));
  return invalidRequest(...problems);
}

function toProblems(issue: z.core.$ZodIssue, place: string | undefined): FieldProblem[] {
  const path = place === undefined ? issue.path : [place, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys
      .slice(0, problemsMax)
      .map((key) => ({ field: fieldName([...path, key]), reason: "is not known" }));
  }
  return [{ field: fieldName(path), reason: lowerFirst(issue.message) }];
}

/** `["filter", "document_ids", 3]` as `filter.document_ids[3]`; names of the sender's own are cut and made printable. */
export function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "body";
  const text = path.map((part, i) => (typeof part === "number" ? `[${part}]` : `${i > 0 ? "." : ""}${String(part)}`));
  const printable = text.join("").replace(/[^\x20-\x7e]/g, "?");
  return printable.length > fieldCharactersMax ? `${printable.slice(0, fieldCharactersMax)}…` : printable;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
