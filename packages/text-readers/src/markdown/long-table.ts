import { pipeCells } from "../markup/table-columns.ts";

/** Shorter tables are left to the reader of Markdown, which takes some 20 KB of memory for each cell. */
const rowsMin = 200;

/**
 * Where a long table ends whose lines all begin with `|` at the margin; 0 where none begins. `start` is the beginning of a
 * line after a blank one, so that the table is in nothing else. Linear in the table.
 */
export function longTableEnd(text: string, start: number): number {
  if (text[start] !== "|") return 0;
  const ruleStart = lineAfter(text, start);
  const rule = text.slice(ruleStart, lineAfter(text, ruleStart)).trim();
  if (!/^\|(?:[ \t]*:?-+:?[ \t]*\|)+$/u.test(rule)) return 0;
  if (pipeCells(text.slice(start, ruleStart)).length !== pipeCells(rule).length) return 0;
  let at = lineAfter(text, ruleStart);
  let rows = 0;
  for (; text[at] === "|"; at = lineAfter(text, at)) rows += 1;
  const isAtItsEnd = at >= text.length || /^[ \t]*(?:\n|$)/u.test(text.slice(at, at + 200)); // other lines may be rows too
  return rows >= rowsMin && isAtItsEnd ? at : 0;
}

function lineAfter(text: string, start: number): number {
  const lineBreak = text.indexOf("\n", start);
  return lineBreak < 0 ? text.length : lineBreak + 1;
}
