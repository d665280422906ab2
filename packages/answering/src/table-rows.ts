import type { StoredPassage } from "@larder/contracts";
import type { Span } from "@larder/sentences";

/** One cell of a row, with the name of its column: `""` where nothing names it. */
interface TableCell {
  readonly text: string;
  readonly column: string;
}

/**
 * A row of a Markdown table with what says what its values are: the names of its columns, and the row of words above it
 * that it belongs to (`Americas:` above `Net sales`). Offsets count from the beginning of the passage's text.
 */
export interface TableRow extends Span {
  readonly cells: readonly TableCell[];
  /** The nearest row above that holds words in one cell alone; `""` when there is none. */
  readonly section: string;
  /** Of its passage. */
  readonly headings: readonly string[];
  /** Names columns or is such a row of words: it says something of other rows, and nothing by itself. */
  readonly isHeader: boolean;
}

/**
 * The rows of a passage's tables, in order, the rules below headers included.
 *
 * Columns are named by the table's first rows where the passage has them and they hold no values, else by the last
 * heading, which names the columns for what is cut off below a header. That heading leaves out columns without a name,
 * so it counts only when it has a name for each cell, or for each but the first, where labels stand. Linear.
 */
export function tableRowsOf({ text, headings }: Pick<StoredPassage, "text" | "headings">): readonly TableRow[] {
  const rows: TableRow[] = [];
  let table: Line[] = [];
  for (let start = 0; start <= text.length; ) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    const line = text.slice(start, end);
    if (isRow(line)) table.push({ start, end, cells: cellsOf(line) });
    else if (table.length > 0) {
      rows.push(...rowsOf(table, headings));
      table = [];
    }
    start = end + 1;
  }
  return [...rows, ...rowsOf(table, headings)];
}

/** What says what a row's values are: the names of its columns and the row of words above it. */
export function describedBy({ section, cells }: TableRow): string {
  return [section, ...cells.map(({ column }) => column)].filter((part) => part !== "").join("\n");
}

interface Line extends Span {
  readonly cells: readonly string[];
}

function isRow(line: string): boolean {
  return line.length > 2 && line.startsWith("|") && line.endsWith("|");
}

/** Without the escape of a bar inside of a cell. */
function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function rowsOf(lines: readonly Line[], headings: readonly string[]): readonly TableRow[] {
  const { count, names } = headerOf(lines);
  let section = "";
  return lines.map(({ start, end, cells }, index) => {
    const columns = count > 0 ? names : namesInHeading(headings.at(-1) ?? "", cells.length);
    const isHeader = index < count || isRule(cells) || isWordsAlone(cells);
    const [label = ""] = cells;
    if (isTotal(label)) section = "";
    const row = {
      start,
      end,
      section,
      headings,
      isHeader,
      cells: cells.map((text, i) => ({ text, column: columns[i] ?? "" })),
    };
    if (index >= count && isWordsAlone(cells)) section = cells.find((cell) => cell !== "") ?? "";
    return row;
  });
}

/** The names of columns in a table's first lines, and of how many lines they are; the rule is one of these. */
function headerOf(lines: readonly Line[]): { readonly count: number; readonly names: readonly string[] } {
  const [first, rule, second] = lines;
  if (first === undefined || rule === undefined || !isRule(rule.cells) || !namesColumns(first.cells)) {
    return { count: 0, names: [] };
  }
  const isGrouped = first.cells.some((name, i) => i > 0 && name !== "" && name === first.cells[i + 1]);
  const isBelow = second !== undefined && namesColumns(second.cells) && (isGrouped || second.cells[0] === "");
  if (!isBelow || isWordsAlone(second.cells)) return { count: 2, names: first.cells };
  const names = first.cells.map((name, i) => {
    const under = second.cells[i] ?? "";
    return under === "" || under === name ? name : `${name} ${under}`.trim();
  });
  return { count: 3, names };
}

function namesColumns(cells: readonly string[]): boolean {
  const [label = ""] = cells;
  const isYear = (cell: string) => !isValue(label) && /^(?:19|20)\d\d$/.test(cell);
  return cells.some((cell) => cell !== "") && cells.every((cell) => !isValue(cell) || isYear(cell));
}

function namesInHeading(heading: string, width: number): readonly string[] {
  const names = heading.split(" | ");
  if (width < 2 || names.at(-1) === "…") return [];
  if (names.length === width) return names;
  return names.length === width - 1 && names.length > 1 ? ["", ...names] : [];
}

/** A number, with what stands around it in reports, or the dash that stands for none. */
export function isValue(cell: string): boolean {
  return /^[-–—+(]*\s?[$€£¥]?\s?[-–(]?\d[\d.,\s'’]*\)?\s?[%$€£¥]?\)?$|^[-–—]$/u.test(cell);
}

function isRule(cells: readonly string[]): boolean {
  return cells.every((cell) => /^:?-{2,}:?$/.test(cell));
}

function isWordsAlone(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== "");
  return cells.length > 1 && filled.length === 1 && !isValue(filled[0] ?? "");
}

/** A sum ends the group that it is of. */
function isTotal(label: string): boolean {
  return /^(?:sub-?)?total\b/i.test(label);
}
