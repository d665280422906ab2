/** One table while it is read: rows of cells, or only a frame that lays out a page. */
export class HtmlTable {
  isData = true;
  isInCell = false;
  readonly #rows: (readonly string[])[] = [];
  #cells: string[][] = [];

  open(name: "tr" | "td" | "th"): void {
    if (name === "tr") {
      this.#endRow();
      this.isInCell = false;
      return;
    }
    this.#cells.push([]);
    this.isInCell = true;
  }

  /** One more piece of the open cell. */
  addText(text: string): void {
    this.#cells.at(-1)?.push(text.trim());
  }

  becomeLayout(): void {
    this.isData = false;
    this.isInCell = false;
  }

  /**
   * The rows so far, one line each, cells parted by ` | `; they are forgotten here. Rows of one cell are no table: they
   * are paragraphs with the breaks that they have.
   */
  takeRows(): { readonly kind: "table" | "paragraph"; readonly text: string } {
    this.#endRow();
    const rows = this.#rows.splice(0);
    if (rows.every((cells) => cells.filter((cell) => cell !== "").length === 1)) {
      return { kind: "paragraph", text: rows.map((cells) => cells.join("")).join("\n\n") };
    }
    const lines = rows.map((cells) => cells.map((cell) => cell.replace(/\s+/gu, " ")).join(" | "));
    return { kind: "table", text: lines.join("\n") };
  }

  #endRow(): void {
    const cells = this.#cells.map((pieces) => pieces.join("\n"));
    this.#cells = [];
    if (cells.some((cell) => cell !== "")) this.#rows.push(cells);
  }
}
