/** Of one document, in the unit of {@link readingCost}: twelve to twenty seconds of a slow core. */
export const readingCostMax = 3e9;

/** Of one line alone, in the same unit: forty to eighty microseconds, measured. */
const lineCost = 10_000;

/**
 * What the reader of Markdown takes for a text: a share for each line, and the square of all lines and marks at their
 * beginnings (`- `, `1. `, `>`), each of which opens a container inside the one before. The unit is three to five
 * nanoseconds of a slow core, measured.
 * An item that stands far in is inside as many others by the lines above it, so two columns count for a mark. Linear.
 */
export function readingCost(text: string): number {
  let lines = 0;
  let marks = 0;
  for (let at = 0; at < text.length; ) {
    const lineBreak = text.indexOf("\n", at);
    const end = lineBreak < 0 ? text.length : lineBreak;
    if (end > at) lines += 1;
    marks += marksOf(text, at, end);
    at = end + 1;
  }
  return lineCost * lines + (lines + marks) ** 2;
}

function marksOf(text: string, start: number, end: number): number {
  let marks = 0;
  let indent = 0;
  for (let at = start; at < end; at += 1) {
    const character = text.charAt(at);
    if (character === " " || character === "\t") indent += marks === 0 ? 1 : 0;
    else if (character === ">") marks += 1;
    else if ("-+*.)".includes(character)) marks += at + 1 === end || /[ \t>]/u.test(text.charAt(at + 1)) ? 1 : 0;
    else if (!/\d/u.test(character)) break;
  }
  return marks === 0 ? 0 : marks + Math.floor(indent / 2);
}
