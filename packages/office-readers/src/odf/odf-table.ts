import type { XmlAttributes } from "@larder/bounded-xml";
import { MergedTable } from "../merged-table.ts";

/** Repeated rows and cells are styles that go on to the edge of a sheet; few of them are ever meant. */
const repeatsMax = 64;

interface OdfCell {
  readonly pieces: string[];
  readonly repeats: number;
  /** Goes on with the cell above it, or with the one before it. */
  readonly isBelow: boolean;
  readonly isBeside: boolean;
  readonly columnsLeft: number;
}

/** A table while it is read. A merged cell is written once, and the cells that it covers follow it. */
export class OdfTable {
  readonly #table: MergedTable;
  #cells: OdfCell[] = [];
  #rowRepeats = 1;

  constructor(charactersMax: number) {
    this.#table = new MergedTable(charactersMax);
  }

  openRow(attributes: XmlAttributes): void {
    this.#cells = [];
    this.#rowRepeats = countOf(attributes["table:number-rows-repeated"]);
  }

  openCell(attributes: XmlAttributes, isCovered: boolean): void {
    const left = this.#cells.at(-1)?.columnsLeft ?? 0;
    const spanned = countOf(attributes["table:number-columns-spanned"]);
    const columnsLeft = isCovered ? Math.max(0, left - 1) : spanned - 1;
    const repeats = countOf(attributes["table:number-columns-repeated"]);
    const [isBelow, isBeside] = [isCovered && left === 0, isCovered && left > 0];
    this.#cells.push({ pieces: [], repeats, isBelow, isBeside, columnsLeft });
  }

  addText(text: string): void {
    this.#cells.at(-1)?.pieces.push(text);
  }

  closeRow(): void {
    let before = "";
    const cells = this.#cells.map(({ pieces, repeats, isBelow, isBeside }) => {
      const own = pieces.join("\n");
      if (!isBeside) before = own;
      else if (own !== "") before = before === "" ? own : `${before}\n${own}`;
      return { text: before, columnSpan: repeats, continuesAbove: isBelow };
    });
    while (cells.at(-1)?.text === "" && cells.at(-1)?.continuesAbove === false) cells.pop();
    const isBlank = cells.every(({ text }) => text === "");
    for (let i = 0; i < (isBlank ? 0 : this.#rowRepeats); i += 1) this.#table.addRow(cells);
    this.#cells = [];
  }

  get rows(): readonly (readonly string[])[] {
    return this.#table.rows;
  }
}

function countOf(value: string | undefined): number {
  return Math.min(repeatsMax, Math.max(1, Number.parseInt(value ?? "1", 10) || 1));
}
