import type { BlockWriter } from "@larder/text-blocks";
import { markdownTable, oneLine } from "@larder/text-blocks";

/** Empty cells that filling up may add for each cell that is there. Chosen arbitrarily. */
const fillMax = 8;
const cellsAlwaysFilled = 10_000;

/**
 * Writes rows as one Markdown table whose first row names the columns. Rows whose lengths differ so much that filling
 * them up would cost more than reading them are written as they are, one line each.
 *
 * @throws {@link LarderError} `DOCUMENT_TOO_LARGE`
 */
export function writeTable(
  writer: BlockWriter,
  rows: readonly (readonly string[])[],
  headings: readonly string[],
  separator = "\n\n",
): void {
  const { text, columns } = toTable(rows);
  writer.write("table", text, headings, separator, columns);
}

export interface TableText {
  readonly text: string;
  readonly columns?: readonly string[];
}

export function toTable(rows: readonly (readonly string[])[]): TableText {
  const full = rows.filter((row) => row.some((cell) => cell.trim() !== ""));
  const widest = full.reduce((most, row) => Math.max(most, row.length), 0);
  const cells = full.reduce((sum, row) => sum + row.length, 0);
  if (widest * full.length > fillMax * cells + cellsAlwaysFilled) {
    return { text: full.map((row) => row.map(oneLine).join(" | ")).join("\n") };
  }
  const header = full[0];
  const text = markdownTable(full);
  return header === undefined ? { text } : { text, columns: header.map(oneLine) };
}
