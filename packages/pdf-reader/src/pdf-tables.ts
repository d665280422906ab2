import type { PdfLine } from "./pdf-lines.ts";

/** Rows of a page that stand in columns. */
export interface PdfTable {
  /** Index of the first of the lines, and of the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly rows: readonly (readonly string[])[];
  /** Names of the columns, where the first row holds them. */
  readonly columns?: readonly string[];
}

const rowsMin = 3;
/** Longer cells are prose in columns. */
const cellCharactersMax = 60;
/** Rows further apart than this many times their font's size are not one table. */
const rowGapMax = 3.2;
const columnsMax = 40;
/** Share of rows with two cells in one column, above which the columns are not clear. */
const collisionShareMax = 0.1;
const headerRowsMax = 4;

/** Runs of rows whose cells clearly stand in columns. What is less clear stays text. */
export function findTables(rows: readonly PdfLine[]): readonly PdfTable[] {
  const tables: PdfTable[] = [];
  let from = 0;
  while (from < rows.length) {
    const to = endOfRun(rows, from);
    const table = to - from >= rowsMin ? toTable(rows, from, to) : undefined;
    if (table !== undefined) tables.push(table);
    from = Math.max(to, from + 1);
  }
  return tables;
}

/** Behind the last row with cells that follows without a large gap or two rows of plain text. */
function endOfRun(rows: readonly PdfLine[], from: number): number {
  const first = rows[from];
  if (first?.cells === undefined) return from;
  const isTitleBelow = [rows[from + 1], rows[from + 2]].every(
    (row) => row !== undefined && row.cells === undefined && row.start > first.start + first.fontSize,
  );
  if (isTitleBelow) return from; // what follows is no label of a row
  let end = from + 1;
  for (let index = end; index < rows.length; index += 1) {
    const [above, row] = [rows[index - 1], rows[index]];
    if (above === undefined || row === undefined || !isBelow(above, row)) break;
    if (row.cells !== undefined) end = index + 1;
    else if (index - end >= 3 || row.text.length > 2 * cellCharactersMax) break;
  }
  return end;
}

function isBelow(above: PdfLine, row: PdfLine): boolean {
  const gap = above.baseline - row.baseline;
  return above.angle === row.angle && gap > 0 && gap < rowGapMax * Math.max(above.fontSize, row.fontSize);
}

function toTable(lines: readonly PdfLine[], from: number, to: number): PdfTable | undefined {
  const rows = lines.slice(from, to);
  const cellsByRow = rows.map((row) => joinSigns(row.cells ?? [row]));
  const withCells = cellsByRow.filter((cells) => cells.length > 1);
  if (withCells.length < rowsMin || withCells.length < 0.5 * rows.length) return undefined;
  const columns = columnsOf(withCells);
  if (columns.length < 2 || columns.length > columnsMax) return undefined;
  let collisions = 0;
  const grid = cellsByRow.map((cells) => {
    const placed: string[] = columns.map(() => "");
    for (const cell of cells) {
      const column = columnAt(cell, columns);
      if (placed[column] !== "") collisions += 1;
      placed[column] = `${placed[column] ?? ""} ${cell.text}`.trim();
    }
    return placed;
  });
  if (collisions > collisionShareMax * rows.length || !isTabular(grid)) return undefined;
  const joined = joinHeader(cellsByRow, grid, columns);
  if (joined.filter((row) => row[0] !== "").length < rowsMin - 1) return undefined; // hardly more than a header
  const [first] = joined;
  return { from, to, rows: joined, ...(first === undefined || !namesColumns(first) ? {} : { columns: first }) };
}

/** Signs that stand apart from their number, as in sums of money, to the number. */
function joinSigns(cells: readonly PdfLine[]): readonly PdfLine[] {
  const joined: PdfLine[] = [];
  for (const cell of cells) {
    const sign = joined.at(-1);
    if (sign !== undefined && /^\p{Sc}$/u.test(sign.text) && /\d/u.test(cell.text)) {
      joined[joined.length - 1] = { ...cell, text: `${sign.text} ${cell.text}`, start: sign.start };
    } else {
      joined.push(cell);
    }
  }
  return joined;
}

/** Whether a row holds names rather than values. */
function namesColumns(row: readonly string[]): boolean {
  const cells = row.filter((cell) => cell !== "");
  const values = cells.slice(1).filter((cell) => /^[^\p{L}]*$/u.test(cell) && !/^(?:19|20)\d\d$/u.test(cell));
  return cells.length >= row.length / 2 && values.length === 0;
}

interface Column {
  readonly start: number;
  readonly end: number;
}

/** Stretches that cells cover, parted where hardly any row has ink. */
function columnsOf(rows: readonly (readonly PdfLine[])[]): readonly Column[] {
  const edges = rows
    .flat()
    .flatMap(({ start, end }) => [
      { x: start, change: 1 },
      { x: end, change: -1 },
    ])
    .sort((a, b) => a.x - b.x || b.change - a.change);
  const coverMax = Math.floor(0.12 * rows.length);
  const columns: Column[] = [];
  let cover = 0;
  let start: number | undefined;
  for (const { x, change } of edges) {
    cover += change;
    if (cover > coverMax) start ??= x;
    else if (start !== undefined) {
      columns.push({ start, end: x });
      start = undefined;
    }
  }
  return columns;
}

/** The column that the cell shares most with, else the nearest. */
function columnAt({ start, end }: PdfLine, columns: readonly Column[]): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  columns.forEach((column, index) => {
    const shared = Math.min(end, column.end) - Math.max(start, column.start);
    if (shared > most) [best, most] = [index, shared];
  });
  return best;
}

/** Short cells, and either numbers behind the first column or at least three columns. */
function isTabular(grid: readonly (readonly string[])[]): boolean {
  const cells = grid.flatMap((row) => row.filter((cell) => cell !== ""));
  const isLong = cells.filter((cell) => cell.length > cellCharactersMax).length > 0.2 * cells.length;
  const values = grid.flatMap((row) => row.slice(1).filter((cell) => cell !== ""));
  const numbers = values.filter((cell) => /\d/u.test(cell) && !/\p{L}{3}/u.test(cell)).length;
  const columns = grid[0]?.length ?? 0;
  return !isLong && (numbers >= 0.5 * values.length || (columns >= 3 && grid.length >= rowsMin));
}

/** Header lines above the first label of the first column to one row; what stands over several columns names each. */
function joinHeader(
  rows: readonly (readonly PdfLine[])[],
  grid: readonly (readonly string[])[],
  columns: readonly Column[],
): readonly (readonly string[])[] {
  const labelled = grid.findIndex((row) => row[0] !== "");
  if (labelled < 1 || labelled > headerRowsMax) return grid;
  const header = columns.map((column) => {
    const above = rows.slice(0, labelled).flatMap((cells) => cells.filter((cell) => touches(cell, column)));
    return above.map(({ text }) => text).join(" ");
  });
  return [header, ...grid.slice(labelled)];
}

function touches(cell: PdfLine, column: Column): boolean {
  return Math.min(cell.end, column.end) > Math.max(cell.start, column.start);
}
