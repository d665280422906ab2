import type { MarkupRules, Opening } from "./markup-blocks.ts";
import { named, pipeCells } from "./table-columns.ts";

const adornment = /^([!-/:-@[-`{-~])\1{2,}\s*$/u;
const listMark = /^\s*(?:[-*+•]|(?:\d{1,9}|#|[a-zA-Z])[.)]|\((?:\d{1,9}|[a-zA-Z])\))\s+\S/u;
const codeDirective = /^\s*\.\. (?:code|code-block|sourcecode|literalinclude|parsed-literal|math|prompt)::/u;
const tableDirective = /^\s*\.\. (?:list-table|csv-table|table)::/u;
const simpleBorder = /^=+(?: +=+)+\s*$/u;
const gridBorder = /^\+(?:[-=]+\+)+\s*$/u;

/**
 * reStructuredText: a title is underlined, or has a line above and below; levels are numbered as their lines first
 * appear. Directives and `::` open code by indentation; tables are grids or columns between lines of `=`.
 */
export const restructuredTextRules = (): MarkupRules => {
  const styles: string[] = [];
  const levelOf = (style: string): number => {
    if (!styles.includes(style)) styles.push(style);
    return styles.indexOf(style) + 1;
  };
  return ({ line, next, afterNext, isAfterBlank, previous }): Opening | undefined => {
    if (gridBorder.test(line)) {
      return { kind: "table", continues: (later) => /^[+|]/u.test(later.trimStart()), columns: gridColumns };
    }
    if (simpleBorder.test(line)) {
      let borders = 1;
      const continues = (later: string): boolean => {
        if (borders < 2) borders += simpleBorder.test(later) ? 1 : 0;
        else if (simpleBorder.test(later)) borders += 1;
        else if (later.trim() === "") return false;
        return true;
      };
      return { kind: "table", continues, columns: simpleColumns };
    }
    const over = adornment.exec(line)?.[1];
    if (
      over !== undefined &&
      next !== undefined &&
      next.trim() !== "" &&
      adornment.exec(afterNext ?? "")?.[1] === over
    ) {
      return { kind: "heading", lines: 3, heading: { level: levelOf(`${over}${over}`), title: next.trim() } };
    }
    const under = next === undefined ? undefined : adornment.exec(next)?.[1];
    const isLongEnough = (next ?? "").trimEnd().length >= Math.min(4, line.trim().length);
    if (under !== undefined && over === undefined && isAfterBlank && /^\S/u.test(line) && isLongEnough) {
      return { kind: "heading", lines: 2, heading: { level: levelOf(under), title: line.trim() } };
    }
    const isIndented = (later: string): boolean => later.trim() === "" || /^\s/u.test(later);
    if (codeDirective.test(line)) return { kind: "code", continues: isIndented };
    if (tableDirective.test(line)) return { kind: "table", continues: isIndented };
    if (isAfterBlank && /^\s/u.test(line) && previous.trimEnd().endsWith("::") && !/^\s*\.\. /u.test(previous)) {
      return { kind: "code", continues: isIndented };
    }
    if (line.startsWith(">>> ")) return { kind: "code", continues: (later) => later.trim() !== "" };
    return listMark.test(line) ? { kind: "list_item" } : undefined;
  };
};

/** The first row of a grid, when a line of `=` stands below it. */
function gridColumns(text: string): readonly string[] | undefined {
  const lines = text.split("\n");
  const rule = lines.findIndex((line) => /^\s*\+=/u.test(line));
  return rule < 2 ? undefined : named(pipeCells(lines[1] ?? ""));
}

/** The line between the first two lines of `=`, cut where those have gaps. */
function simpleColumns(text: string): readonly string[] | undefined {
  const [border = "", header = "", rule = ""] = text.split("\n", 3);
  if (!simpleBorder.test(rule)) return undefined;
  const starts = [...border.matchAll(/=+/gu)].map(({ index }) => index);
  return named(starts.map((start, column) => header.slice(start, starts[column + 1]).trim()));
}
