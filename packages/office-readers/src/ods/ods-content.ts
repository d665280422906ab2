import type { XmlAttributes, XmlHandler } from "@larder/bounded-xml";
import { refuseLongText } from "@larder/text-blocks";
import type { CellRange, Sheet, SheetComment } from "../sheets/sheet.ts";
import { CellGrid, columnName } from "../sheets/sheet.ts";

/** Bars and spaces that a cell takes in the text. */
const charactersPerCell = 3;

/** One table while it is read. */
class OpenSheet {
  readonly name: string;
  readonly isHidden: boolean;
  readonly grid = new CellGrid();
  readonly merges: CellRange[] = [];
  readonly comments: SheetComment[] = [];
  row = 0;
  column = 0;
  rowRepeats = 1;

  constructor(name: string, isHidden: boolean) {
    this.name = name;
    this.isHidden = isHidden;
  }
}

/** Sheets of a spreadsheet's `content.xml`. */
export class OdsContent implements XmlHandler {
  readonly sheets: Sheet[] = [];
  readonly #charactersMax: number;
  readonly #hiddenStyles = new Set<string>();
  #style = "";
  #sheet: OpenSheet | undefined;
  #cell: XmlAttributes | undefined;
  #comment: { author: string; text: string } | undefined;
  #isAuthor = false;
  #isParagraph = false;
  #text = "";
  #cells = 0;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  open(name: string, attributes: XmlAttributes): void {
    const sheet = this.#sheet;
    switch (name) {
      case "style:style":
        this.#style = attributes["style:name"] ?? "";
        return;
      case "style:table-properties":
        if (attributes["table:display"] === "false") this.#hiddenStyles.add(this.#style);
        return;
      case "table:table": {
        const style = attributes["table:style-name"] ?? "";
        this.#sheet ??= new OpenSheet(attributes["table:name"] ?? "", this.#hiddenStyles.has(style));
        return;
      }
      case "table:table-row":
        if (sheet === undefined) return;
        sheet.rowRepeats = repeats(attributes["table:number-rows-repeated"]);
        sheet.column = 0;
        return;
      case "table:table-cell":
      case "table:covered-table-cell":
        this.#cell = attributes;
        this.#text = "";
        return;
      case "office:annotation":
        this.#comment = { author: "", text: "" };
        return;
      case "dc:creator":
        this.#isAuthor = true;
        return;
      case "text:p":
        if (this.#words() !== "") this.#add("\n");
        this.#isParagraph = true;
        return;
      default:
        this.#openInline(name, attributes);
    }
  }

  text(text: string): void {
    if (this.#isAuthor && this.#comment !== undefined) this.#comment.author += text;
    else if (this.#isParagraph) this.#add(text);
  }

  close(name: string): void {
    const sheet = this.#sheet;
    if (name === "text:p") this.#isParagraph = false;
    else if (name === "dc:creator") this.#isAuthor = false;
    else if (name === "office:annotation") this.#endComment();
    else if (name === "table:table-cell" || name === "table:covered-table-cell") this.#endCell();
    else if (name === "table:table-row" && sheet !== undefined) sheet.row += sheet.rowRepeats;
    else if (name === "table:table" && sheet !== undefined) {
      const { name: title, isHidden, grid, merges, comments } = sheet;
      this.sheets.push({ name: title, isHidden, cells: grid.rows, merges, comments });
      this.#sheet = undefined;
    }
  }

  #openInline(name: string, attributes: XmlAttributes): void {
    if (name === "text:s") this.#add(" ".repeat(Math.min(100, repeats(attributes["text:c"]))));
    else if (name === "text:tab") this.#add("\t");
    else if (name === "text:line-break") this.#add("\n");
  }

  #words(): string {
    return this.#comment === undefined ? this.#text : this.#comment.text;
  }

  #add(text: string): void {
    if (this.#comment === undefined) this.#text += text;
    else this.#comment.text += text;
  }

  #endComment(): void {
    const { author, text } = this.#comment ?? { author: "", text: "" };
    this.#comment = undefined;
    const sheet = this.#sheet;
    if (sheet === undefined || text === "") return;
    sheet.comments.push({ place: `${columnName(sheet.column)}${sheet.row + 1}`, author: author.trim(), text });
  }

  #endCell(): void {
    const sheet = this.#sheet;
    const cell = this.#cell;
    this.#cell = undefined;
    if (sheet === undefined || cell === undefined) return;
    const times = repeats(cell["table:number-columns-repeated"]);
    const text = shownText(cell, this.#text);
    if (text.trim() !== "") this.#fill(sheet, times, text);
    const spanned = repeats(cell["table:number-columns-spanned"]);
    const rows = repeats(cell["table:number-rows-spanned"]);
    if (spanned * rows > 1) {
      const { row: firstRow, column: firstColumn } = sheet;
      sheet.merges.push({ firstRow, lastRow: firstRow + rows - 1, firstColumn, lastColumn: firstColumn + spanned - 1 });
    }
    sheet.column += times;
  }

  #fill(sheet: OpenSheet, times: number, text: string): void {
    this.#cells += times * sheet.rowRepeats;
    refuseLongText(sheet.grid.characters + charactersPerCell * this.#cells, this.#charactersMax);
    for (let row = sheet.row; row < sheet.row + sheet.rowRepeats; row += 1) {
      for (let column = sheet.column; column < sheet.column + times; column += 1) sheet.grid.set(row, column, text);
    }
  }
}

function repeats(text: string | undefined): number {
  const number = Number(text ?? 1);
  return Number.isSafeInteger(number) && number > 1 ? Math.min(number, 1_048_576) : 1;
}

/** Dates in the one form that sorts; all else as the program wrote it for people. */
function shownText(cell: XmlAttributes, text: string): string {
  const date = cell["office:date-value"];
  if (date !== undefined) return date.replace("T", " ");
  return text.trim() === "" ? (cell["office:value"] ?? "") : text;
}
