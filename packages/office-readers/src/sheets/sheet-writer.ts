import type { BlockWriter } from "@larder/text-blocks";
import { hasHeaderRow, markdownTable, refuseLongText, toHeadingTitle } from "@larder/text-blocks";
import { pathBelowNames } from "./columns-above.ts";
import { fillMerged } from "./fill-merged.ts";
import type { Sheet } from "./sheet.ts";
import { columnName } from "./sheet.ts";
import type { PartRow } from "./sub-tables.ts";
import { subTables } from "./sub-tables.ts";

/** A table of this many places of which hardly any is taken is a scatter of cells. Chosen arbitrarily. */
const scatterPlacesMin = 10_000;
const scatterShareMax = 0.05;

/** Writes one sheet below a heading of its name. */
export class SheetWriter {
  readonly #sheet: Sheet;
  readonly #writer: BlockWriter;
  readonly #charactersMax: number;
  readonly #headings: readonly string[];

  constructor(sheet: Sheet, writer: BlockWriter, charactersMax: number) {
    this.#sheet = sheet;
    this.#writer = writer;
    this.#charactersMax = charactersMax;
    this.#headings = [toHeadingTitle(sheet.name)];
  }

  /** Nothing at all for an empty sheet. @throws {@link LarderError} `DOCUMENT_TOO_LARGE` */
  write(): void {
    const { name, cells, merges, comments, texts = [], charts = [] } = this.#sheet;
    if (cells.size + comments.length + texts.length + charts.length === 0) return;
    this.#writer.write("heading", name, this.#headings, "\n\n");
    const rows = new Map([...cells].map(([row, ofRow]) => [row, new Map(ofRow)]));
    fillMerged(rows, merges);
    const parts = [...rows]
      .sort(([a], [b]) => a - b)
      .map(([row, ofRow]): PartRow => ({ row, cells: [...ofRow].sort(([a], [b]) => a - b) }));
    for (const part of subTables(parts)) this.#writePart(part, pathBelowNames(part, parts, this.#headings));
    for (const text of texts) this.#paragraph(text);
    for (const chart of charts) {
      this.#paragraph(chart.title);
      this.#writer.write("table", markdownTable(chart.rows), this.#headings, "\n\n", chart.rows[0]);
    }
    for (const { place, author, text } of comments) {
      const about = place === "" ? "Comment" : `Comment on ${place}`;
      this.#paragraph(`${about}${author === "" ? "" : ` by ${author}`}: ${text}`);
    }
  }

  /** Rows of one cell above a table are its title, below it they are notes; few of them alone are paragraphs. */
  #writePart(part: readonly PartRow[], headings: readonly string[]): void {
    const isWide = ({ cells }: PartRow): boolean => cells.length > 1;
    const isList = !part.some(isWide) && part.length > 2;
    const first = isList ? 0 : part.findIndex(isWide);
    const end = isList ? part.length : part.findLastIndex(isWide) + 1;
    const singles = (rows: readonly PartRow[]): void => {
      for (const { cells } of rows) for (const [, text] of cells) this.#paragraph(text);
    };
    singles(part.slice(0, first < 0 ? part.length : first));
    if (first < 0) return;
    this.#writeTable(part.slice(first, end), headings);
    singles(part.slice(end));
  }

  #writeTable(part: readonly PartRow[], headings: readonly string[]): void {
    const used = [...new Set(part.flatMap(({ cells }) => cells.map(([column]) => column)))].sort((a, b) => a - b);
    const places = part.length * used.length;
    const taken = part.reduce((sum, { cells }) => sum + cells.length, 0);
    if (places >= scatterPlacesMin && taken < scatterShareMax * places) {
      this.#writeScatter(part);
      return;
    }
    refuseLongText(this.#writer.length + 3 * places, this.#charactersMax); // what the bars alone would take
    const positions = new Map(used.map((column, index) => [column, index]));
    const rows = part.map(({ cells }) => {
      const row: string[] = used.map(() => "");
      for (const [column, text] of cells) row[positions.get(column) ?? 0] = text;
      return row;
    });
    this.#writer.write("table", markdownTable(rows), headings, "\n\n", columnsOf(rows));
  }

  /** Cells far apart, each with its place. */
  #writeScatter(part: readonly PartRow[]): void {
    for (const { row, cells } of part) {
      for (const [column, text] of cells) this.#paragraph(`${columnName(column)}${row + 1}: ${text}`);
    }
  }

  #paragraph(text: string): void {
    this.#writer.write("paragraph", text, this.#headings, "\n\n");
  }
}

/** Names of the first row, and of the second too where one name of the first stands above several columns. */
function columnsOf(rows: readonly (readonly string[])[]): readonly string[] | undefined {
  const [first, second] = rows;
  if (first === undefined || !hasHeaderRow(rows)) return undefined;
  const isGrouped = first.some((name, column) => name !== "" && name === first[column + 1]);
  const below = isGrouped && second !== undefined && hasHeaderRow(rows.slice(1)) ? second : [];
  return first.map((name, column) => {
    const under = below[column] ?? "";
    return toHeadingTitle(under === "" || under === name ? name : `${name} ${under}`);
  });
}
