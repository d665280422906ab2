/** Rows that must agree before a text without a telling name is taken for a table. Chosen arbitrarily. */
const rowsMin = 3;
/** Cells of a table are short; prose between commas is longer. */
const cellCharactersMeanMax = 40;
/** Lines of code end with a semicolon, behind which nothing comes. */
const filledShareMin = 0.6;

/** Cells that a row needs: sentences have commas and bars, hardly a tab or semicolon in every line. */
const cellsMin: readonly (readonly [delimiter: string, cells: number])[] = [
  ["\t", 2],
  [";", 2],
  [",", 3],
  ["|", 3],
];

/**
 * Whether the beginning of a text is a table of delimited cells: every row has the same number of them, and they are
 * short. The last line may be cut off and does not count, unless `isWhole`.
 */
export function isDelimited(head: string, isWhole: boolean): boolean {
  const text = isWhole ? head.trimEnd() : head.slice(0, Math.max(0, head.lastIndexOf("\n")));
  if (/^\s*(?:[|[{<#]|$)/u.test(text)) return false; // Markdown, JSON, XML and comments say so in front
  return cellsMin.some(([delimiter, cells]) => {
    const rows = rowsOf(text, delimiter);
    const width = rows[0]?.length ?? 0;
    if (rows.length < rowsMin || width < cells || rows.some((row) => row.length !== width)) return false;
    const lengths = rows.flat();
    const filled = lengths.filter((length) => length > 0).length;
    const characters = lengths.reduce((sum, length) => sum + length, 0);
    return filled >= filledShareMin * lengths.length && characters <= cellCharactersMeanMax * lengths.length;
  });
}

/** Lengths of the cells of each row. Inside quotes nothing parts cells or rows. */
function rowsOf(text: string, delimiter: string): readonly (readonly number[])[] {
  const rows: number[][] = [[]];
  let start = 0;
  let isQuoted = false;
  const end = (at: number): void => {
    rows.at(-1)?.push(at - start);
    start = at + 1;
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"' && (isQuoted || at === start)) isQuoted = !isQuoted;
    if (isQuoted || (character !== delimiter && character !== "\n")) continue;
    end(at);
    if (character === "\n") rows.push([]);
  }
  end(text.length);
  return rows;
}
