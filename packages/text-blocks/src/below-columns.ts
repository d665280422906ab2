import { oneLine } from "./one-line.ts";

/**
 * Longest line of column names, in UTF-16 code units: a dozen names of usual length, and small beside what an embedder
 * reads of one passage. Chosen arbitrarily.
 */
const columnsCharactersMax = 400;

/**
 * The path of a passage that is cut from a table below its header: the names of its columns are the last heading, parted
 * by ` | `, so that they are embedded, searched and shown with each of its rows. Names that do not fit are left out from
 * the end, which `…` shows; columns without a name are passed over.
 */
export function belowColumns(headings: readonly string[], columns: readonly string[] | undefined): readonly string[] {
  if (columns === undefined || columns.every((name) => name.trim() === "")) return headings;
  let line = "";
  for (const name of columns) {
    // A name that is a paragraph is cut to the end of the line; only its beginning is looked at.
    const clean = oneLine(name.slice(0, 2 * columnsCharactersMax));
    if (clean === "") continue;
    const longer = line === "" ? clean : `${line} | ${clean}`;
    if (longer.length > columnsCharactersMax) {
      const fallback = longer.slice(0, columnsCharactersMax).replace(/[\uD800-\uDBFF]$/u, "");
      line = line === "" ? `${fallback.trimEnd()}…` : `${line} | …`;
      break;
    }
    line = longer;
  }
  return [...headings, line];
}
