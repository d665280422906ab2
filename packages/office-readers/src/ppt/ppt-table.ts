import { MergedTable } from "../merged-table.ts";

export interface TableShape {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly text: string;
}

/** Cells of a table beyond this are read as shapes, since a grid of all their edges may be far larger than they are. */
const cellsMax = 10_000;
const gridCellsMax = 100_000;

/** Rows of a table that is drawn as shapes: edges make the grid, and a shape fills all places that it covers. */
export function rowsOf(
  shapes: readonly TableShape[],
  charactersMax: number,
): readonly (readonly string[])[] | undefined {
  const cells = shapes.filter(({ left, top, right, bottom }) => right > left && bottom > top);
  const lefts = edges(cells.map(({ left }) => left));
  const tops = edges(cells.map(({ top }) => top));
  if (cells.length > cellsMax || lefts.length * tops.length > gridCellsMax) return undefined;
  const table = new MergedTable(charactersMax);
  for (const top of tops) {
    const inRow = cells.filter((cell) => cell.top <= top && top < cell.bottom);
    const row = lefts.map((left) => inRow.find((cell) => cell.left <= left && left < cell.right)?.text ?? "");
    table.addRow(row.map((text) => ({ text, columnSpan: 1, continuesAbove: false })));
  }
  return table.rows;
}

function edges(values: readonly number[]): readonly number[] {
  return [...new Set(values)].toSorted((a, b) => a - b);
}
