import type { PdfLine } from "./pdf-lines.ts";

/** How a document uses its fonts: what running text looks like, and which sizes stand above it. */
export interface PdfFonts {
  readonly bodySize: number;
  readonly isBodyBold: boolean;
  /** Whether the document is written in a font of one width, so that such lines are no code. */
  readonly isBodyMonospace: boolean;
  /** Larger than running text, the largest first. */
  readonly headingSizes: readonly number[];
}

/** A heading is at least this much larger than running text. Chosen by looking at samples. */
const headingSizeShare = 1.15;
const headingCharactersMax = 200;
const emphasisedCharactersMax = 120;
const levelsMax = 6;
/** More lines in a row of one size are text, not a title. */
const headingLinesMax = 3;

export function readPdfFonts(pages: readonly (readonly PdfLine[])[]): PdfFonts {
  const lines = pages.flat();
  const bodySize = mostFrequent(lines, ({ fontSize }) => roundSize(fontSize)) ?? 1;
  const bodyLines = lines.filter(({ fontSize }) => roundSize(fontSize) === bodySize);
  const textSizes = runningSizes(pages);
  const titles = lines.filter((line) => mayBeHeading(line));
  const sizes = titles.map(({ fontSize }) => roundSize(fontSize)).filter((size) => !textSizes.has(size));
  return {
    bodySize,
    isBodyBold: mostFrequent(bodyLines, ({ isBold }) => isBold) ?? false,
    isBodyMonospace: mostFrequent(lines, ({ isMonospace }) => isMonospace) ?? false,
    headingSizes: [...new Set(sizes)].filter((size) => size >= headingSizeShare * bodySize).sort((a, b) => b - a),
  };
}

/** Sizes of which most characters stand in long runs of lines: running text, though perhaps not the most frequent. */
function runningSizes(pages: readonly (readonly PdfLine[])[]): ReadonlySet<number> {
  const characters = new Map<number, { all: number; running: number }>();
  for (const lines of pages) {
    for (let from = 0; from < lines.length; ) {
      const size = roundSize(lines[from]?.fontSize ?? 0);
      let to = from;
      let length = 0;
      for (; to < lines.length && roundSize(lines[to]?.fontSize ?? 0) === size; to += 1) {
        length += lines[to]?.text.length ?? 0;
      }
      const seen = characters.get(size) ?? { all: 0, running: 0 };
      seen.all += length;
      if (to - from > headingLinesMax) seen.running += length;
      characters.set(size, seen);
      from = to;
    }
  }
  return new Set([...characters].filter(([, { all, running }]) => running > 0.5 * all).map(([size]) => size));
}

/** Level of a line that looks like a heading, from 1; `undefined` for text. */
export function headingRankOf(
  line: PdfLine,
  previous: PdfLine | undefined,
  fonts: PdfFonts,
  isApart: boolean,
): number | undefined {
  if (!mayBeHeading(line)) return undefined;
  const rank = fonts.headingSizes.indexOf(roundSize(line.fontSize));
  if (rank >= 0 && line.text.length <= headingCharactersMax) return Math.min(levelsMax, rank + 1);
  const isEmphasised = line.isBold && !fonts.isBodyBold && roundSize(line.fontSize) >= fonts.bodySize;
  const isShort = line.text.length <= emphasisedCharactersMax && !/[.,;!?]$/u.test(line.text);
  const looksLikeTitle = /^(?:[\p{N}.]{1,12}\s+|\p{P}\s*)?[\p{Lu}\p{Lo}]/u.test(line.text);
  const followsHeading = previous?.isBold === true;
  if (!isEmphasised || !isShort || !looksLikeTitle || !(isApart || followsHeading)) return undefined;
  return Math.min(levelsMax, fonts.headingSizes.length + 1);
}

const sectionNumber = /^(?:\p{L}{3,10} )?[\p{N}\p{Lu}][\p{N}\p{Lu}.:]{0,10}$/u;

/** One line of words, perhaps with its number before it. */
function mayBeHeading({ text, cells, angle, isMonospace }: PdfLine): boolean {
  const isWhole = cells === undefined || (cells.length === 2 && sectionNumber.test(cells[0]?.text ?? ""));
  return isWhole && angle === 0 && !isMonospace && /\p{L}{2}|\p{Lo}/u.test(text);
}

/** Half points: sizes scatter when a page was scaled. */
function roundSize(fontSize: number): number {
  return Math.round(fontSize * 2) / 2;
}

/** The value that holds the most characters. */
function mostFrequent<T>(lines: readonly PdfLine[], read: (line: PdfLine) => T): T | undefined {
  const characters = new Map<T, number>();
  for (const line of lines) characters.set(read(line), (characters.get(read(line)) ?? 0) + line.text.length);
  return [...characters].reduce<readonly [T | undefined, number]>(
    (best, entry) => (entry[1] > best[1] ? entry : best),
    [undefined, 0],
  )[0];
}
