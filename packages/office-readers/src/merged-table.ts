/** Most columns of one table: Word allows 63, and what a span claims beyond is not believed. */
const columnsMax = 256;

/** A cell as it stands in a row: spans of columns, and whether it goes on with the one above. */
export interface MergedCell {
  readonly text: string;
  readonly columnSpan: number;
  readonly continuesAbove: boolean;
}

/**
 * Rows with a text in each column: merged cells are repeated, so that a row can be understood without its neighbours.
 */
export class MergedTable {
  readonly #rows: string[][] = [];

  addRow(cells: readonly MergedCell[]): void {
    const above = this.#rows.at(-1);
    const row: string[] = [];
    for (const { text, columnSpan, continuesAbove } of cells) {
      const first = row.length;
      const last = Math.min(columnsMax, first + Math.max(1, columnSpan));
      for (let column = first; column < last; column += 1) {
        row.push(continuesAbove && text.trim() === "" ? (above?.[column] ?? "") : text);
      }
    }
    this.#rows.push(row);
  }

  get rows(): readonly (readonly string[])[] {
    return this.#rows;
  }
}
