import type { Citation } from "@larder/contracts";
import { createCitationReader } from "./citation-reader.ts";

/**
 * Citations of an answer in JSON. Its text is given as the model wrote it, since taking markers out could break it; the
 * markers inside its strings are verified all the same. Grounded when each string that states something is. Text that
 * is not JSON has no citations.
 */
export function readJsonCitations(
  text: string,
  support: (marker: number, statement: string) => Citation | undefined,
): { readonly citations: readonly Citation[]; readonly isGrounded: boolean } {
  const readers = stringsOf(parse(text)).map((string) => {
    const reader = createCitationReader(support);
    reader.push(string);
    reader.end();
    return reader;
  });
  const citations = readers.flatMap((reader) => reader.citations);
  return { citations, isGrounded: readers.length > 0 && readers.every((reader) => reader.isGrounded()) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an outcome: the caller sees no citations
  }
}

function stringsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(stringsOf);
}
