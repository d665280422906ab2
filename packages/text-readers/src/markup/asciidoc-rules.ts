import type { MarkupRules, Opening } from "./markup-blocks.ts";
import { named, pipeCells } from "./table-columns.ts";

const listMark = /^\s*(?:\*{1,5}|-|\.{1,5}|\d{1,9}\.)\s+\S/u;
const delimiters: readonly { readonly mark: RegExp; readonly kind: Opening["kind"] }[] = [
  { mark: /^(-{4,}|\.{4,}|\+{4,}|\/{4,}|`{3,})(?:\w*)\s*$/u, kind: "code" },
  { mark: /^(_{4,})\s*$/u, kind: "quote" },
  { mark: /^([|,:!]={3,})\s*$/u, kind: "table" },
];

/** AsciiDoc: `=` are headings, lines of four marks enclose listings, literals, comments and quotes, `|===` tables. */
export const asciidocRules = (): MarkupRules => {
  return ({ line, previous }): Opening | undefined => {
    const title = /^(={1,6}|#{1,6})\s+(\S.*)$/u.exec(line);
    if (title !== null) {
      const words = (title[2] ?? "")
        .trimEnd()
        .replace(/(?<=\s)(?:=+|#+)$/u, "")
        .trim();
      return { kind: "heading", heading: { level: (title[1] ?? "").length, title: words } };
    }
    for (const { mark, kind } of delimiters) {
      const found = mark.exec(line)?.[1];
      if (found === undefined) continue;
      const columns = kind === "table" ? (text: string) => headerCells(text, previous) : undefined;
      return { kind, closes: (later) => later.trimEnd() === found, ...(columns === undefined ? {} : { columns }) };
    }
    return listMark.test(line) ? { kind: "list_item" } : undefined;
  };
};

/** The first row is a header where the attributes say so, or where a blank line follows it at once. */
function headerCells(text: string, attributes: string): readonly string[] | undefined {
  const [, first = "", second = ""] = text.split("\n", 3);
  const isHeader = /header/u.test(attributes) || second.trim() === "";
  return isHeader && first.startsWith("|") ? named(pipeCells(first)) : undefined;
}
