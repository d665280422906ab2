/**
 * A JSON text as the one value that every reader has of it; `undefined` for a text of which that cannot be said. A hash is
 * made of the value, so a text that two readers take for two values could be altered without a trace: a name that stands
 * twice in one object, of which one reader takes the first and another the last; a number that is too large for a double,
 * which would be hashed as null.
 *
 * @source RFC 8785, section 3.1: its input is I-JSON (RFC 7493), which has neither
 */
export function readUnambiguousJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return membersOf(value) === membersIn(text) ? value : undefined;
}

/** Strings as they stand in a valid text, and the colon behind those that are names. */
const stringOrName = /"(?:[^"\\]|\\.)*"\s*(:)?/g;

function membersIn(text: string): number {
  let names = 0;
  for (const [, colon] of text.matchAll(stringOrName)) if (colon !== undefined) names += 1;
  return names;
}

/** `NaN`, which equals nothing, where a number is not finite. */
function membersOf(value: unknown): number {
  if (typeof value === "number") return Number.isFinite(value) ? 0 : Number.NaN;
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, member) => sum + membersOf(member), own);
}
