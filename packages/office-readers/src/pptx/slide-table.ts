import { MergedTable } from "../merged-table.ts";

/** A table on a slide: cells that a merged one covers are written out, and marked as covered. */
export class SlideTable {
  readonly #table: MergedTable;
  #cells: { pieces: string[]; isCovered: boolean; continuesAbove: boolean }[] = [];

  constructor(charactersMax: number) {
    this.#table = new MergedTable(charactersMax);
  }

  openRow(): void {
    this.#cells = [];
  }

  openCell(isCovered: boolean, continuesAbove: boolean): void {
    this.#cells.push({ pieces: [], isCovered, continuesAbove });
  }

  addText(text: string): void {
    this.#cells.at(-1)?.pieces.push(text);
  }

  closeRow(): void {
    let left = "";
    const cells = this.#cells.map(({ pieces, isCovered, continuesAbove }) => {
      left = isCovered ? left : pieces.join("\n");
      return { text: left, columnSpan: 1, continuesAbove };
    });
    this.#table.addRow(cells);
  }

  get rows(): readonly (readonly string[])[] {
    return this.#table.rows;
  }
}
