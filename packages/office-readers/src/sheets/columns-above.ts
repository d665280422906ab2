import { belowColumns, hasHeaderRow, toHeadingTitle } from "@larder/text-blocks";
import type { PartRow } from "./sub-tables.ts";

/** Rows above a table in which names for its columns are looked for. Chosen arbitrarily. */
const rowsAboveMax = 8;
/** Two columns without a header are a list of facts, of which the first column says what they are. */
const columnsMin = 3;

/**
 * The headings of a table. When it has no header of its own, as in reports that set one far above, they end with the
 * nearest words above each of its columns. What stands over these, such as the period of a report at the right margin,
 * is a heading of its own where it is one text, else part of the name of the column that it is above.
 */
export function pathBelowNames(
  table: readonly PartRow[],
  sheet: readonly PartRow[],
  headings: readonly string[],
): readonly string[] {
  const first = table[0];
  const columns = first?.cells.map(([column]) => column) ?? [];
  const texts = table.map((row) => row.cells.map(([, text]) => text));
  if (first === undefined || columns.length < columnsMin || hasHeaderRow(texts)) return headings;
  const end = firstFrom(sheet, first.row);
  const above = sheet.slice(Math.max(0, end - rowsAboveMax), end).reverse();
  const textsAbove = above.map(({ cells }) => new Map(cells));
  const places = columns.map((column) => textsAbove.findIndex((cells) => cells.has(column)));
  const names = columns.map((column, i) => nameIn(textsAbove[places[i] ?? -1], column));
  const isNamed = 2 * names.filter((name) => name !== "").length >= columns.length;
  if (!isNamed) return headings;
  const over = columns.map((column, i) => {
    const nearest = places[i] ?? -1;
    return nameIn(
      textsAbove.find((cells, at) => at > nearest && cells.has(column) && isTouching(above, at)),
      column,
    );
  });
  const groups = new Set(over.filter((name) => name !== ""));
  if (groups.size === 1) return belowColumns([...headings, ...groups], names);
  return belowColumns(
    headings,
    names.map((name, i) => `${over[i] ?? ""} ${name}`.trim()),
  );
}

/** No empty row lies between a row above the table and the lowest of those rows. Nearest first. */
function isTouching(above: readonly PartRow[], at: number): boolean {
  return (above[0]?.row ?? 0) - (above[at]?.row ?? 0) === at;
}

function nameIn(cells: ReadonlyMap<number, string> | undefined, column: number): string {
  const text = cells?.get(column) ?? "";
  return isName(text) ? toHeadingTitle(text) : "";
}

function isName(text: string): boolean {
  return /\p{L}/u.test(text) || /^(?:19|20)\d\d$/u.test(text);
}

/** Index of the first row that is not above `row`. */
function firstFrom(rows: readonly PartRow[], row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.row ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
