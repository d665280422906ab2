/** One table while it is read: rows of cells, or only a frame that lays out a page. */
export class HtmlTable {
  isData = true;
  isInCell = false;
  readonly #rows: string[] = [];
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
    this.#cells.at(-1)?.push(text.replace(/\s+/gu, " ").trim());
  }

  becomeLayout(): void {
    this.isData = false;
    this.isInCell = false;
  }

  /** The rows so far, one line each, cells parted by ` | `; they are forgotten here. */
  takeRows(): string {
    this.#endRow();
    return this.#rows.splice(0).join("\n");
  }

  #endRow(): void {
    const cells = this.#cells.map((pieces) => pieces.join(" "));
    this.#cells = [];
    if (cells.some((cell) => cell !== "")) this.#rows.push(cells.join(" | "));
  }
}
