/** A row of a part of a sheet: its cells by column, ascending in both. */
export interface PartRow {
  readonly row: number;
  readonly cells: readonly (readonly [column: number, text: string])[];
}

/** Tables inside tables inside tables: sheets are not laid out deeper. Chosen arbitrarily. */
const depthMax = 6;
/** A dash stands for no value in a column of numbers. */
const number = /^[-+(]?[$€£¥]?\s?\d[\d.,\s]*\)?\s?[%$€£¥]?$|^\s*[-–—]\s*$/u;

/**
 * The tables of a sheet: what empty rows and empty columns part, in reading order. A column of labels and the numbers
 * beside it stay together across an empty column, which reports use for space. Linear in the number of cells for each
 * level of nesting.
 */
export function subTables(rows: readonly PartRow[], depth = 0): readonly (readonly PartRow[])[] {
  const bands = rowBands(rows);
  return bands.flatMap((band) => {
    const parts = columnParts(band);
    if (parts.length === 1 || depth >= depthMax) return [band];
    return parts.flatMap((part) => subTables(part, depth + 1));
  });
}

function rowBands(rows: readonly PartRow[]): readonly (readonly PartRow[])[] {
  const bands: PartRow[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    if (row.row > last + 1) bands.push([]);
    bands.at(-1)?.push(row);
    last = row.row;
  }
  return bands;
}

/** The band in vertical parts; `[band]` when no empty column parts two tables. */
function columnParts(band: readonly PartRow[]): readonly (readonly PartRow[])[] {
  const used = [...new Set(band.flatMap(({ cells }) => cells.map(([column]) => column)))].sort((a, b) => a - b);
  const starts = used.filter((column, index) => index === 0 || column > (used[index - 1] ?? 0) + 1);
  if (starts.length === 1) return [band];
  const parts = starts.map((): PartRow[] => []);
  for (const { row, cells } of band) {
    let part = 0;
    let from = 0;
    for (let index = 0; index <= cells.length; index += 1) {
      const column = cells[index]?.[0] ?? Number.POSITIVE_INFINITY;
      if (column < (starts[part + 1] ?? Number.POSITIVE_INFINITY) && index < cells.length) continue;
      if (index > from) parts[part]?.push({ row, cells: cells.slice(from, index) });
      from = index;
      while ((starts[part + 1] ?? Number.POSITIVE_INFINITY) <= column && part + 1 < parts.length) part += 1;
    }
  }
  const joined: (readonly PartRow[])[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (before !== undefined && isContinued(before, part)) joined[joined.length - 1] = beside(before, part);
    else joined.push(part);
  }
  return joined;
}

/** Numbers that the labels to their left are about. */
function isContinued(left: readonly PartRow[], right: readonly PartRow[]): boolean {
  if (left.at(-1)?.row !== right.at(-1)?.row) return false;
  const body = right.slice(1).flatMap(({ cells }) => cells.map(([, text]) => text));
  const labels = left.slice(1).map(({ cells }) => cells[0]?.[1] ?? "");
  const areNumbers = body.filter((text) => number.test(text)).length > 0.8 * body.length;
  const areLabels = labels.filter((text) => !number.test(text)).length > 0.8 * labels.length;
  return body.length > 0 && areNumbers && areLabels;
}

function beside(left: readonly PartRow[], right: readonly PartRow[]): readonly PartRow[] {
  const rows = new Map(left.map((row) => [row.row, row]));
  for (const { row, cells } of right) {
    rows.set(row, { row, cells: [...(rows.get(row)?.cells ?? []), ...cells] });
  }
  return [...rows.values()].sort((a, b) => a.row - b.row);
}
