import { toTable } from "../write-table.ts";

/** Rows or columns that one cell may stand for; more are taken for a mistake. */
const spanMax = 100;
/** A longer cell is not repeated in the rows and columns that it spans. Chosen arbitrarily. */
const repeatedCharactersMax = 100;
/** Cells that spans may add to one table. Chosen arbitrarily. */
const spannedCellsMax = 100_000;

interface Cell {
  readonly pieces: string[];
  readonly columns: number;
  readonly rows: number;
}

export interface TableRows {
  readonly kind: "table" | "paragraph";
  readonly text: string;
  readonly columns?: readonly string[];
}

/** One table while it is read: rows of cells, or only a frame that lays out a page. */
export class HtmlTable {
  isData = true;
  isInCell = false;
  readonly #rows: (readonly string[])[] = [];
  #cells: Cell[] = [];
  /** Cells of earlier rows that reach into the next ones, by column. */
  readonly #reaching = new Map<number, { readonly text: string; rows: number }>();
  #spanned = 0;

  open(name: "tr" | "td" | "th", attributes: Readonly<Record<string, string>>): void {
    if (name === "tr") {
      this.#endRow();
      this.isInCell = false;
      return;
    }
    this.#cells.push({ pieces: [], columns: spanOf(attributes.colspan), rows: spanOf(attributes.rowspan) });
    this.isInCell = true;
  }

  /** One more piece of the open cell. */
  addText(text: string): void {
    this.#cells.at(-1)?.pieces.push(text.trim());
  }

  becomeLayout(): void {
    this.isData = false;
    this.isInCell = false;
  }

  /**
   * The rows so far as a Markdown table, the first one as its header; they are forgotten here. Rows of one cell are no
   * table: they are paragraphs with the breaks that they have.
   */
  takeRows(): TableRows {
    this.#endRow();
    this.#reaching.clear();
    const rows = this.#rows.splice(0);
    if (rows.every((cells) => new Set(cells.filter((cell) => cell !== "")).size === 1)) {
      return { kind: "paragraph", text: rows.map((cells) => cells.find((cell) => cell !== "") ?? "").join("\n\n") };
    }
    return { kind: "table", ...toTable(rows) };
  }

  /** Short cells stand in each row and column that they span, so that every row can be read alone. */
  #endRow(): void {
    if (this.#cells.length === 0) return;
    const row: string[] = [];
    const fill = (): void => {
      for (let above = this.#reaching.get(row.length); above !== undefined; above = this.#reaching.get(row.length)) {
        above.rows -= 1;
        if (above.rows === 0) this.#reaching.delete(row.length);
        row.push(above.text);
      }
    };
    let hasText = false;
    for (const { pieces, columns, rows } of this.#cells) {
      fill();
      const text = pieces.join("\n");
      hasText ||= text !== "";
      const isWholeRow = this.#cells.length === 1; // a title over the table says it once
      const again = text.length <= repeatedCharactersMax && !isWholeRow ? text : "";
      for (let column = 0; column < columns; column += 1) {
        if (column > 0 || rows > 1) this.#spanned += rows;
        const isSpanning = this.#spanned <= spannedCellsMax;
        if (column > 0 && !isSpanning) break;
        if (rows > 1 && isSpanning) this.#reaching.set(row.length, { text: again, rows: rows - 1 });
        row.push(column === 0 ? text : again);
      }
    }
    fill();
    this.#cells = [];
    if (hasText) this.#rows.push(row);
  }
}

function spanOf(attribute: string | undefined): number {
  const span = attribute === undefined ? 1 : Number.parseInt(attribute, 10);
  return span >= 1 && span <= spanMax ? span : 1;
}
