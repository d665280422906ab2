import { LarderError } from "@larder/contracts";
import { skipWhiteSpace } from "@larder/text-blocks";

/**
 * A JSON value as a reader sees it. Scalars are text: numbers as they were written, since `1.10` and integers above 2⁵³
 * would not come back from a `number`. Members keep their order and their repetitions, and no name is special.
 */
export type JsonValue = string | JsonArray | JsonObject;

export interface JsonArray {
  readonly kind: "array";
  items: JsonValue[];
}

export interface JsonObject {
  readonly kind: "object";
  members: [name: string, value: JsonValue][];
}

const literal = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Reads one JSON text. Comments and commas before a closing bracket are let through, as in configuration files. Linear,
 * without recursion, so that depth costs no stack.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED` with `offset`
 */
export function parseJson(text: string): JsonValue {
  let at = 0;
  const open: (JsonArray | JsonObject)[] = [];
  const names = new Map<string, string>(); // the same few names again and again: one string each
  const readName = (): string => {
    const name = readString();
    const known = names.get(name);
    if (known === undefined) names.set(name, name);
    return known ?? name;
  };
  const fail = (): never => {
    throw new LarderError("DOCUMENT_MALFORMED", { details: { mediaType: "application/json", offset: at } });
  };
  const skipSpace = (): void => {
    for (;;) {
      at = skipWhiteSpace(text, at, text.length);
      if (text[at] !== "/") return;
      const isLine = text[at + 1] === "/";
      if (!isLine && text[at + 1] !== "*") return;
      const end = text.indexOf(isLine ? "\n" : "*/", at + 2);
      at = end < 0 ? text.length : end + (isLine ? 1 : 2);
    }
  };
  const readString = (): string => {
    const start = at;
    let end = text.indexOf('"', at + 1);
    while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
    if (end < 0) return fail();
    at = end + 1;
    const inside = text.slice(start + 1, end);
    return inside.includes("\\") ? unescapeString(inside) : inside;
  };
  const readScalar = (): string => {
    if (text[at] === '"') return readString();
    literal.lastIndex = at;
    const found = literal.exec(text)?.[0] ?? fail();
    at += found.length;
    return found;
  };

  for (let name: string | undefined; ; ) {
    skipSpace();
    const inside = open.at(-1);
    if (inside?.kind === "object" && name === undefined && text[at] !== "}") {
      if (text[at] !== '"') fail();
      name = readName();
      skipSpace();
      if (text[at] !== ":") fail();
      at += 1;
      continue;
    }
    let value: JsonValue | undefined;
    const character = text[at];
    if (character === "{" || character === "[") {
      const opened: JsonArray | JsonObject =
        character === "{" ? { kind: "object", members: [] } : { kind: "array", items: [] };
      place(inside, name, opened);
      open.push(opened);
      name = undefined;
      at += 1;
      continue;
    }
    if ((character === "}" && inside?.kind === "object") || (character === "]" && inside?.kind === "array")) {
      if (name !== undefined) fail();
      at += 1;
      value = close(open.pop());
    } else {
      value = readScalar();
      place(inside, name, value);
      name = undefined;
    }
    // After a value: what closes the ones around it, or a comma.
    for (;;) {
      skipSpace();
      const around = open.at(-1);
      if (around === undefined) return at === text.length ? (value ?? fail()) : fail();
      if (text[at] === ",") {
        at += 1;
        break;
      }
      if (text[at] !== (around.kind === "object" ? "}" : "]")) fail();
      at += 1;
      value = close(open.pop());
    }
  }
}

function place(inside: JsonArray | JsonObject | undefined, name: string | undefined, value: JsonValue): void {
  if (inside?.kind === "array") inside.items.push(value);
  else if (inside !== undefined) inside.members.push([name ?? "", value]);
}

/** An array that grew by `push` has room for sixteen more: in a document of small objects that is most of the memory. */
function close(value: JsonArray | JsonObject | undefined): JsonValue | undefined {
  if (value?.kind === "array") value.items = value.items.slice();
  else if (value !== undefined) value.members = value.members.slice();
  return value;
}

/** Whether an odd number of backslashes stands before the quote. */
function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text[at] === "\\") at -= 1;
  return (quote - at) % 2 === 0;
}

const shortEscapes: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

function unescapeString(inside: string): string {
  return inside.replace(
    /\\(?:u([\da-fA-F]{4})|([\s\S]))/gu,
    (_, unit: string | undefined, short: string | undefined) =>
      unit === undefined ? (shortEscapes[short ?? ""] ?? short ?? "") : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}
