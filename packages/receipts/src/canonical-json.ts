import { sha256Hex } from "./sha256.ts";

/**
 * The one text of a JSON value, so that a hash of it does not depend on who printed it.
 *
 * RFC 8785: members in the order of their names' UTF-16 code units, no white space, strings and numbers as ECMAScript's
 * `JSON.stringify` prints them; hashed as UTF-8. Beyond it: a bigint, for which JSON has no form, stands as
 * `{"$bigint":"-12"}`; half of a surrogate pair stands as its escape, where the RFC gives up. A member whose value is
 * undefined is left out and a number that is not finite is null, as `JSON.stringify` does.
 *
 * @throws TypeError for functions and symbols
 * @source Rundgren, Jordan, Erdtman: JSON Canonicalization Scheme, RFC 8785, June 2020
 *
 * @example
 * canonicalJson({ b: 1, a: [2n, "é"] }); // => '{"a":[{"$bigint":"2"},"é"],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "number":
      return JSON.stringify(value);
    case "bigint":
      return `{"$bigint":"${value}"}`;
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? `[${value.map(canonicalJson).join(",")}]` : canonicalObject(value);
    default:
      throw new TypeError(`A ${typeof value} has no JSON.`);
  }
}

function canonicalObject(value: object): string {
  let members = "";
  // The sort's own order is that of UTF-16 code units.
  for (const name of Object.keys(value).sort()) {
    const member: unknown = value[name as keyof typeof value];
    if (member !== undefined) members += `${members && ","}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

/** SHA-256 of the canonical text. */
export function sha256OfJson(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
