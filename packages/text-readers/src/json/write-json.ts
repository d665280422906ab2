import type { BlockWriter } from "@larder/text-blocks";
import { writeTable } from "../write-table.ts";
import type { JsonArray, JsonObject, JsonValue } from "./parse-json.ts";

/** Deeper names are left out of a path, and an ellipsis stands for them; the values are all there. */
const pathNamesMax = 32;
/** Longest name that is kept in a path, in UTF-16 code units. Chosen arbitrarily. */
const nameCharactersMax = 120;
/** Columns that a list of objects may have to be a table. Chosen arbitrarily. */
const columnsMax = 64;
/** Share of a table's cells that must have a value. Chosen arbitrarily. */
const filledShareMin = 0.5;

interface Path {
  readonly text: string;
  readonly names: number;
}

const rootPath: Path = { text: "", names: 0 };

interface Task {
  readonly path: Path;
  readonly value: JsonValue;
  /** Of a list: the first item that is still to be written. */
  readonly from?: number;
}

/**
 * Writes a value as text: each object's own values as lines of `path: value`, lists of scalars on one line, and lists of
 * alike objects that hold scalars only as tables. Order is that of the source, save that an object's own values come
 * before its objects. Linear; without recursion.
 *
 * @returns whether a path was shortened
 * @throws {@link LarderError} `DOCUMENT_TOO_LARGE`
 */
export function writeJson(writer: BlockWriter, root: JsonValue, headings: readonly string[]): boolean {
  const waiting: Task[] = [{ path: rootPath, value: root }];
  let isShortened = false;
  for (let task = waiting.pop(); task !== undefined; task = waiting.pop()) {
    const { path, value } = task;
    if (path.names > pathNamesMax) isShortened = true;
    if (typeof value === "string") {
      writer.write("paragraph", line(path, value), headings, "\n\n");
      continue;
    }
    if (value.kind === "array") {
      waiting.push(...writeList(writer, task, value, headings));
      continue;
    }
    const { lines, nested } = readMembers(path, value);
    writer.write("paragraph", lines.join("\n"), headings, "\n\n");
    for (let index = nested.length - 1; index >= 0; index -= 1) {
      const next = nested[index];
      if (next !== undefined) waiting.push(next);
    }
  }
  return isShortened;
}

/** Writes a list that is one line or one table; of any other, what is to be written next: the rest, then an item. */
function writeList(
  writer: BlockWriter,
  { path, from = 0 }: Task,
  list: JsonArray,
  headings: readonly string[],
): readonly Task[] {
  if (from === 0) {
    if (isScalars(list)) {
      writer.write("paragraph", line(path, joinScalars(list)), headings, "\n\n");
      return [];
    }
    const table = tableOf(list);
    if (table !== undefined) {
      if (path.text !== "") writer.write("paragraph", `${path.text}:`, headings, "\n\n");
      writeTable(writer, table, headings, path.text === "" ? "\n\n" : "\n");
      return [];
    }
  }
  const value = list.items[from];
  if (value === undefined) return [];
  // Items of the document's own list need no path: each is a document's part by itself.
  const item: Task = { path: path.text === "" ? path : at(path, from), value };
  return [{ path, value: list, from: from + 1 }, item];
}

interface OwnValues {
  readonly lines: readonly string[];
  readonly nested: readonly Task[];
}

function readMembers(path: Path, { members }: JsonObject): OwnValues {
  const lines: string[] = [];
  const nested: Task[] = [];
  for (const [name, value] of members) {
    const inner = under(path, name);
    if (typeof value === "string") lines.push(line(inner, value));
    else if (value.kind === "array" && isScalars(value)) lines.push(line(inner, joinScalars(value)));
    else nested.push({ path: inner, value });
  }
  return { lines, nested };
}

/** Rows with their header, where every item is an object of scalars and most of them have the same members. */
function tableOf({ items }: JsonArray): readonly (readonly string[])[] | undefined {
  if (items.length < 2) return undefined;
  const columns = new Map<string, number>();
  let cells = 0;
  for (const item of items) {
    if (typeof item === "string" || item.kind === "array" || item.members.length === 0) return undefined;
    for (const [name, value] of item.members) {
      if (typeof value !== "string" && !(value.kind === "array" && isScalars(value))) return undefined;
      if (!columns.has(name)) columns.set(name, columns.size);
    }
    cells += item.members.length;
    if (columns.size > columnsMax) return undefined;
  }
  if (columns.size < 2 || cells < filledShareMin * columns.size * items.length) return undefined;
  const rows = items.map((item) => {
    const row: string[] = Array.from({ length: columns.size }, () => "");
    for (const [name, value] of typeof item === "string" || item.kind === "array" ? [] : item.members) {
      const column = columns.get(name) ?? 0;
      const text = typeof value === "string" ? value : value.kind === "array" ? joinScalars(value) : "";
      row[column] = row[column] === "" ? text : `${row[column]}, ${text}`;
    }
    return row;
  });
  return [[...columns.keys()], ...rows];
}

function isScalars({ items }: JsonArray): boolean {
  return items.every((item) => typeof item === "string");
}

function joinScalars({ items }: JsonArray): string {
  return items.join(", ");
}

function line(path: Path, value: string): string {
  return path.text === "" ? value : `${path.text}: ${value}`;
}

function under(path: Path, name: string): Path {
  if (path.names >= pathNamesMax) return shortened(path);
  const short = name.length <= nameCharactersMax ? name : `${name.slice(0, nameCharactersMax)}…`;
  return { text: path.text === "" ? short : `${path.text}.${short}`, names: path.names + 1 };
}

function at(path: Path, index: number): Path {
  return path.names >= pathNamesMax ? shortened(path) : { text: `${path.text}[${index}]`, names: path.names + 1 };
}

function shortened({ text }: Path): Path {
  return { text: text.endsWith("…") ? text : `${text}…`, names: pathNamesMax + 1 };
}
