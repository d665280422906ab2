import type { CellRange } from "./sheet.ts";

/** Cells that merged ranges of one sheet may add. A range may claim the whole sheet. Chosen arbitrarily. */
const filledCellsMax = 100_000;

type Rows = Map<number, Map<number, string>>;

/**
 * Puts the text of a merged range into each of its cells in rows that exist, so that every row and column of a table says
 * what it is about. Ranges of a row that has nothing else are titles and stay one cell.
 */
export function fillMerged(rows: Rows, merges: readonly CellRange[]): void {
  let left = filledCellsMax;
  const usedRows = [...rows.keys()].sort((a, b) => a - b);
  for (const merge of merges) {
    const text = rows.get(merge.firstRow)?.get(merge.firstColumn);
    if (text === undefined || isTitle(rows.get(merge.firstRow), merge)) continue;
    for (const row of rowsIn(usedRows, merge)) {
      const cells = rows.get(row);
      for (let column = merge.firstColumn; column <= merge.lastColumn && left > 0; column += 1) {
        if (cells === undefined || cells.has(column)) continue;
        cells.set(column, text);
        left -= 1;
      }
    }
  }
}

function isTitle(row: ReadonlyMap<number, string> | undefined, { firstColumn, lastColumn }: CellRange): boolean {
  return lastColumn > firstColumn && row?.size === 1;
}

function* rowsIn(usedRows: readonly number[], { firstRow, lastRow }: CellRange): Generator<number> {
  let low = 0;
  let high = usedRows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((usedRows[middle] ?? 0) < firstRow) low = middle + 1;
    else high = middle;
  }
  for (let index = low; (usedRows[index] ?? Number.POSITIVE_INFINITY) <= lastRow; index += 1)
    yield usedRows[index] ?? 0;
}
