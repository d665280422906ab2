import { belowColumns, hasHeaderRow, toHeadingTitle } from "@larder/text-blocks";
import type { PartRow } from "./sub-tables.ts";

/** Rows above a table in which names for its columns are looked for. Chosen arbitrarily. */
const rowsAboveMax = 8;
/** Two columns without a header are a list of facts, of which the first column says what they are. */
const columnsMin = 3;

/**
 * The headings of a table. When it has no header of its own, as in reports that set one far above, they end with the
 * nearest words above each of its columns.
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
  const names = columns.map((column) => {
    const nearest = textsAbove.find((cells) => cells.has(column))?.get(column) ?? "";
    return isName(nearest) ? toHeadingTitle(nearest) : "";
  });
  const isNamed = 2 * names.filter((name) => name !== "").length >= columns.length;
  return isNamed ? belowColumns(headings, names) : headings;
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
