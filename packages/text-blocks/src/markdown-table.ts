import { oneLine } from "./one-line.ts";

/** Wider tables are read by nobody as a grid: their rows are not filled up, and no rule parts header and body. */
const gridColumnsMax = 256;

/**
 * Rows of cells as a Markdown table (GitHub's table extension), the first row as its header. Shorter rows are filled up
 * with empty cells; line breaks in cells become spaces and `|` is escaped, so that each row is one line. Rows without any
 * text are left out; no rows give `""`. Above 256 columns rows stay as long as they are and the rule below the header is
 * left out.
 */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const filled = rows.filter((row) => row.some((cell) => cell.trim() !== ""));
  const columns = filled.reduce((most, row) => Math.max(most, row.length), 0);
  const [header, ...body] = filled.map((row) => tableRow(row, columns));
  return header === undefined ? "" : [header, ...tableRule(columns), ...body].join("\n");
}

/** One line of {@link markdownTable}; a row that is longer than `columns` keeps its cells. `""` without any text. */
export function tableRow(row: readonly string[], columns: number): string {
  const cells = row.map(toCell);
  if (cells.every((cell) => cell === "")) return "";
  while (columns <= gridColumnsMax && cells.length < columns) cells.push("");
  return `| ${cells.join(" | ")} |`;
}

/** The line between header and body, or none for tables that are too wide for one. */
export function tableRule(columns: number): readonly string[] {
  return columns > gridColumnsMax ? [] : [`|${" --- |".repeat(columns)}`];
}

function toCell(raw: string): string {
  return oneLine(raw).replaceAll("|", "\\|");
}
