import { escapeHtml } from "./escape-html.ts";

/** A table whose first column names its rows. */
export function htmlTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const headCells = head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join("");
  const body = rows.map(([name, ...cells]) => {
    const rest = cells.map((cell) => `<td>${escapeHtml(String(cell))}</td>`).join("");
    return `<tr><th scope="row">${escapeHtml(String(name))}</th>${rest}</tr>`;
  });
  return [
    `<div class="scroll"><table><caption>${escapeHtml(caption)}</caption>`,
    `<thead><tr>${headCells}</tr></thead><tbody>`,
    ...body,
    "</tbody></table></div>",
  ].join("\n");
}
