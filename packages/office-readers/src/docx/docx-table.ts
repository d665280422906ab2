import { MergedTable } from "../merged-table.ts";

/** A table while it is read; its cells collect the text of all that is in them, tables as well. */
export class DocxTable {
  readonly table: MergedTable;
  #cells: { pieces: string[]; columnSpan: number; continuesAbove: boolean }[] = [];

  constructor(charactersMax: number) {
    this.table = new MergedTable(charactersMax);
  }

  openRow(): void {
    this.#cells = [];
  }

  openCell(): void {
    this.#cells.push({ pieces: [], columnSpan: 1, continuesAbove: false });
  }

  /** Columns that a row leaves out before its first cell or after its last. */
  skipColumns(count: number): void {
    if (count > 0) this.#cells.push({ pieces: [], columnSpan: count, continuesAbove: false });
  }

  spanColumns(count: number): void {
    const cell = this.#cells.at(-1);
    if (cell !== undefined) cell.columnSpan = count;
  }

  continueAbove(): void {
    const cell = this.#cells.at(-1);
    if (cell !== undefined) cell.continuesAbove = true;
  }

  addText(text: string): void {
    this.#cells.at(-1)?.pieces.push(text);
  }

  closeRow(columnsAfter: number): void {
    this.skipColumns(columnsAfter);
    this.table.addRow(this.#cells.map((cell) => ({ ...cell, text: cell.pieces.join("\n") })));
    this.#cells = [];
  }
}
