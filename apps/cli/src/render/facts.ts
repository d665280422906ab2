import pc from "picocolors";
import type { DocumentErrorBody } from "../wire.ts";

/** What every problem and every error says; all else that stands there are facts. */
const notFacts = new Set([
  ...["type", "title", "status", "detail", "code", "retryable", "hint", "request_id", "problems", "error", "message"],
]);

/** The facts of a problem, or of an error that a document carries, as they are spelled there. */
export function factsOf(body: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !notFacts.has(name)));
}

/** `setting: LARDER_UPLOAD_BYTES_MAX; bytes_max: 1000`; empty without facts. */
export function factsInWords(body: object): string {
  return Object.entries(factsOf(body))
    .map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join("; ");
}

/** What is wrong with a document, with what, and what to do about it. */
export function renderDocumentError(error: DocumentErrorBody): string {
  const facts = factsInWords(error);
  const parts = [error.message, facts === "" ? "" : `(${facts})`, error.hint, pc.dim(error.code)];
  return parts.filter((part) => part !== "").join(" ");
}
