/** Rows and columns from 0, both included. */
export interface CellRange {
  readonly firstRow: number;
  readonly lastRow: number;
  readonly firstColumn: number;
  readonly lastColumn: number;
}

export interface SheetComment {
  /** Such as `B2`; `""` where the file's own place for it makes no sense. */
  readonly place: string;
  readonly author: string;
  readonly text: string;
}

/** One sheet with the cells that it has, however large it claims to be. */
export interface Sheet {
  readonly name: string;
  readonly isHidden: boolean;
  /** Text as shown, by row and column; no empty ones. */
  readonly cells: ReadonlyMap<number, ReadonlyMap<number, string>>;
  readonly merges: readonly CellRange[];
  readonly comments: readonly SheetComment[];
  /** Drawn over the cells: one paragraph each. */
  readonly texts?: readonly string[];
  /** What charts show. */
  readonly charts?: readonly SheetChart[];
}

export interface SheetChart {
  readonly title: string;
  /** Names of the series in the first row, a category and its values in each row below. */
  readonly rows: readonly (readonly string[])[];
}

/** Cells of a sheet while it is read. */
export class CellGrid {
  readonly rows = new Map<number, Map<number, string>>();
  characters = 0;

  set(row: number, column: number, text: string): void {
    if (text.trim() === "") return;
    let cells = this.rows.get(row);
    if (cells === undefined) {
      cells = new Map();
      this.rows.set(row, cells);
    }
    cells.set(column, text);
    this.characters += text.length;
  }
}

/** `A` is 0, `Z` 25, `AA` 26. */
export function columnName(column: number): string {
  let name = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}

const reference = /^\$?([A-Z]{1,3})\$?(\d{1,7})$/u;

/** The place of a cell such as `B2`; `undefined` for what is none. */
export function readReference(text: string): { readonly row: number; readonly column: number } | undefined {
  const [, letters, digits] = reference.exec(text) ?? [];
  if (letters === undefined || digits === undefined || Number(digits) === 0) return undefined;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return { row: Number(digits) - 1, column: column - 1 };
}

/** Such as `A1:C3`; `undefined` for what is none. */
export function readRange(text: string): CellRange | undefined {
  const [from, to] = text.split(":", 2).map(readReference);
  if (from === undefined || to === undefined) return undefined;
  return {
    firstRow: Math.min(from.row, to.row),
    lastRow: Math.max(from.row, to.row),
    firstColumn: Math.min(from.column, to.column),
    lastColumn: Math.max(from.column, to.column),
  };
}
