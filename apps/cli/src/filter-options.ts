import { InvalidArgumentError } from "commander";

export interface FilterOptions {
  /** Read by {@link readFilter}. */
  readonly filter?: object;
  /** Each read by {@link readCondition}. */
  readonly where?: readonly object[];
}

/** What `--filter` takes: a filter as the API does, as JSON. The server says what is wrong inside. */
export function readFilter(text: string): object {
  const value = parseJson(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new InvalidArgumentError("It must be a JSON object; docs/guides/filters.md shows the form.");
}

const types = { "=": "eq", "!=": "ne", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "~": "contains" } as const;
const condition = /^(?<key>[^=!<>~]+)(?<sign><=|>=|!=|[=<>~])(?<value>.*)$/s;

/**
 * What `--where` takes: `team=search`, `year>=2024`, `tags~draft`, `document.created_at<2026-03-01`. A key without
 * `document.` or `metadata.` before it is one of the metadata. A value that is a JSON number, `true`, `false`, `null` or
 * a text in double quotes is that, anything else is the text itself.
 */
export function readCondition(text: string, before: readonly object[] = []): readonly object[] {
  const { key = "", sign = "", value = "" } = condition.exec(text)?.groups ?? {};
  const type = Object.entries(types).find(([known]) => known === sign)?.[1];
  if (type === undefined) {
    throw new InvalidArgumentError("It must be <key>=<value>; the signs are = != < <= > >= and ~ for contains.");
  }
  const isWhole = key.startsWith("metadata.") || key.startsWith("document.");
  return [...before, { type, key: isWhole ? key : `metadata.${key}`, value: readScalar(value) }];
}

function readScalar(text: string): unknown {
  const value = parseJson(text);
  return value === undefined || (typeof value === "object" && value !== null) ? text : value;
}

/** `undefined` for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** All that was given must hold. `undefined` when nothing was. */
export function filterOf({ filter, where = [] }: FilterOptions): object | undefined {
  const filters = [...(filter === undefined ? [] : [filter]), ...where];
  return filters.length > 1 ? { type: "and", filters } : filters[0];
}
