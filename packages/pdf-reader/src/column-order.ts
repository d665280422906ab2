import type { PdfLine } from "./pdf-lines.ts";

/** A page of fewer lines has no columns that could be told from chance. Chosen arbitrarily. */
const linesMin = 8;
/** Prose has at least this many characters in the middle one of a column's lines. Chosen by looking at samples. */
const proseCharactersMin = 20;
/** Share of neighbours that change the column, above which the page is drawn across its columns. */
const switchShareMin = 0.2;
/** Lines that reach over the gutter, such as titles: at most this share. */
const spanningShareMax = 0.35;

/**
 * The lines of a page in reading order. Most programs draw column by column, and then the order stays; a page of prose
 * in two columns that is drawn across them is put in order: between two lines that span both, left column first.
 */
export function inColumnOrder(lines: readonly PdfLine[]): readonly PdfLine[] {
  if (lines.length < linesMin || lines.some(({ angle }) => angle !== lines[0]?.angle)) return lines;
  const gutter = findGutter(lines);
  if (gutter === undefined) return lines;
  const sides = lines.map((line) => sideOf(line, gutter));
  const left = lines.filter((_, index) => sides[index] === "left");
  const right = lines.filter((_, index) => sides[index] === "right");
  if (!isProse(left) || !isProse(right)) return lines;
  let switches = 0;
  const columns = sides.filter((side) => side !== "both");
  columns.forEach((side, index) => {
    if (index > 0 && side !== columns[index - 1]) switches += 1;
  });
  return switches < switchShareMin * columns.length ? lines : readByBands(lines, gutter);
}

type Side = "left" | "right" | "both";

function sideOf(line: PdfLine, gutter: number): Side {
  if (line.end <= gutter) return "left";
  return line.start >= gutter ? "right" : "both";
}

/** Places tried for the gutter, over the middle third of the page. Finer than the narrowest gutters. */
const gutterPlaces = 64;

/** The place near the middle that the fewest lines reach over. */
function findGutter(lines: readonly PdfLine[]): number | undefined {
  const left = lines.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const right = lines.reduce((most, { end }) => Math.max(most, end), Number.NEGATIVE_INFINITY);
  let best = { at: left, spanning: lines.length };
  for (let place = 0; place <= gutterPlaces; place += 1) {
    const at = left + (right - left) * (1 / 3 + place / (3 * gutterPlaces));
    const spanning = lines.filter((line) => line.start < at && line.end > at).length;
    if (spanning < best.spanning) best = { at, spanning };
  }
  return best.spanning > spanningShareMax * lines.length ? undefined : best.at;
}

function isProse(lines: readonly PdfLine[]): boolean {
  const lengths = lines.map(({ text }) => text.length).sort((a, b) => a - b);
  const words = lines.filter(({ text }) => /\p{L}{2}/u.test(text)).length;
  return (
    lines.length >= linesMin / 2 &&
    (lengths[Math.floor(lengths.length / 2)] ?? 0) >= proseCharactersMin &&
    words >= 0.8 * lines.length
  );
}

function readByBands(lines: readonly PdfLine[], gutter: number): readonly PdfLine[] {
  const sorted = [...lines].sort((a, b) => b.baseline - a.baseline);
  const ordered: PdfLine[] = [];
  let left: PdfLine[] = [];
  let right: PdfLine[] = [];
  for (const line of sorted) {
    const side = sideOf(line, gutter);
    if (side === "left") left.push(line);
    else if (side === "right") right.push(line);
    else {
      ordered.push(...left, ...right, line);
      left = [];
      right = [];
    }
  }
  return [...ordered, ...left, ...right];
}
