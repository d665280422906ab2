import type { MarkupRules, Opening } from "./markup-blocks.ts";
import { headedPipeColumns } from "./table-columns.ts";

const listMark = /^(?:\s*(?:[-+]|\d{1,9}[.)])|\s+\*)\s+\S/u;

/** Org mode: stars are headings, `#+begin_…` blocks, `|` tables, `: ` fixed width, drawers between `:NAME:` and `:END:`. */
export const orgRules = (): MarkupRules => {
  return ({ line }): Opening | undefined => {
    const stars = /^(\*{1,30})\s+(\S.*)$/u.exec(line);
    if (stars !== null) {
      return { kind: "heading", heading: { level: (stars[1] ?? "").length, title: headline(stars[2] ?? "") } };
    }
    const block = /^\s*#\+begin_(\w+)/iu.exec(line)?.[1]?.toLowerCase();
    if (block !== undefined) {
      const end = new RegExp(`^\\s*#\\+end_${block}\\b`, "iu");
      const isQuote = block === "quote" || block === "verse";
      return { kind: isQuote ? "quote" : "code", closes: (later) => end.test(later) };
    }
    if (/^\s*\|/u.test(line)) {
      return { kind: "table", continues: (later) => /^\s*\|/u.test(later), columns: headedPipeColumns };
    }
    if (/^\s*:\s/u.test(line)) return { kind: "code", continues: (later) => /^\s*:(?:\s|$)/u.test(later) };
    if (/^\s*:(?:properties|logbook):\s*$/iu.test(line)) {
      return { kind: "code", closes: (later) => /^\s*:end:\s*$/iu.test(later) };
    }
    return listMark.test(line) ? { kind: "list_item" } : undefined;
  };
};

/** A headline's words, without its state, its priority and its tags. */
function headline(text: string): string {
  const words = text.replace(/^(?:TODO|DONE|NEXT|WAITING|CANCELLED)\s+/u, "").replace(/^\[#\w\]\s*/u, "");
  return words
    .trimEnd()
    .replace(/(?<=\s):[\w@#%:]{1,200}:$/u, "")
    .trim();
}
