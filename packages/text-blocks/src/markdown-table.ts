/**
 * Rows of cells as a Markdown table (GitHub's table extension), the first row as its header. Shorter rows are filled up
 * with empty cells; line breaks in cells become spaces and `|` is escaped, so that each row is one line. Rows without any
 * text are left out; no rows give `""`.
 */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(toCell)).filter((row) => row.some((cell) => cell !== ""));
  const [header, ...body] = cells;
  if (header === undefined) return "";
  const columns = cells.reduce((widest, row) => Math.max(widest, row.length), 0); // rows may be more than arguments may
  const line = (row: readonly string[]): string =>
    `| ${Array.from({ length: columns }, (_, column) => row[column] ?? "").join(" | ")} |`;
  const rule = `|${" --- |".repeat(columns)}`;
  return [line(header), rule, ...body.map(line)].join("\n");
}

function toCell(raw: string): string {
  return raw.replace(/\s+/gu, " ").trim().replaceAll("|", "\\|");
}
