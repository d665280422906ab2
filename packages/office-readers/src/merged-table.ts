import { refuseLongText } from "@larder/text-blocks";

/** Most columns of one table: Word allows 63, and what a span claims beyond is not believed. */
const columnsMax = 256;

/** Between two cells of the Markdown table that is written. */
const separatorCharacters = 3;

/** A cell as it stands in a row: spans of columns, and whether it goes on with the one above. */
export interface MergedCell {
  readonly text: string;
  readonly columnSpan: number;
  readonly continuesAbove: boolean;
}

/**
 * Rows with a text in each column: merged cells are repeated, so that a row can be understood without its neighbours.
 * What is repeated counts as text of the document, so that one cell cannot fill the memory.
 */
export class MergedTable {
  readonly #rows: string[][] = [];
  readonly #charactersMax: number;
  #characters = 0;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  /** @throws {@link LarderError} `DOCUMENT_TOO_LARGE` */
  addRow(cells: readonly MergedCell[]): void {
    const above = this.#rows.at(-1);
    const row: string[] = [];
    for (const { text, columnSpan, continuesAbove } of cells) {
      const first = row.length;
      const last = Math.min(columnsMax, first + Math.max(1, columnSpan));
      const isEmpty = text.trim() === "";
      for (let column = first; column < last; column += 1) {
        const shown = isEmpty && continuesAbove ? (above?.[column] ?? "") : text;
        this.#characters += shown.length + separatorCharacters;
        refuseLongText(this.#characters, this.#charactersMax);
        row.push(shown);
      }
    }
    this.#rows.push(row);
  }

  get rows(): readonly (readonly string[])[] {
    return this.#rows;
  }
}
