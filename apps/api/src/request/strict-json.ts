import type { JsonValue } from "@larder/contracts";
import type { FieldProblem } from "./field-problems.ts";
import { fieldName, invalidRequest } from "./field-problems.ts";

const loneSurrogate = /\p{Surrogate}/u; // with the u flag a pair is one code point, so only halves match
const problemsMax = 20;

/**
 * JSON text to a value, stricter than `JSON.parse`: bounded nesting, strings that are well-formed Unicode without NUL,
 * finite numbers, no `__proto__`. Linear in the length of the text; the nesting is measured before anything is built.
 * @throws {@link LarderError} `REQUEST_INVALID`
 */
export function parseStrictJson(text: string, depthMax: number, place: string): JsonValue {
  if (nestingOf(text) > depthMax) {
    throw invalidRequest({ field: place, reason: `is nested deeper than ${depthMax} levels` });
  }
  const value = parse(text, place);
  const problems: FieldProblem[] = [];
  collectProblems(value, place === "body" ? [] : [place], problems);
  if (problems.length > 0) throw invalidRequest(...problems);
  return value;
}

function parse(text: string, place: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidRequest({ field: place, reason: "is not JSON" }); // the parser's message quotes the text
  }
}

function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (isInString) {
      if (character === "\\") i++;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
  }
  return deepest;
}

function collectProblems(value: JsonValue, path: readonly PropertyKey[], problems: FieldProblem[]): void {
  if (problems.length >= problemsMax) return;
  const report = (reason: string) => problems.push({ field: fieldName(path), reason });
  if (typeof value === "string") {
    if (value.includes("\0")) report("holds a NUL character");
    else if (loneSurrogate.test(value)) report("holds half of a surrogate pair");
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) report("is a number too large to hold");
  } else if (value !== null && typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) {
      if (key === "__proto__") report("has a key that is not allowed");
      else if (key.includes("\0") || loneSurrogate.test(key)) report("has a key that is not well-formed text");
      else collectProblems(inner, [...path, Array.isArray(value) ? Number(key) : key], problems);
    }
  }
}
