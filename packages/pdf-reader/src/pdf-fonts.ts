import type { PdfLine } from "./pdf-lines.ts";

/** How a document uses its fonts: what running text looks like, and which sizes stand above it. */
export interface PdfFonts {
  readonly bodySize: number;
  readonly bodyFont: string;
  /** Larger than running text, the largest first. */
  readonly headingSizes: readonly number[];
}

/** A heading is at least this much larger than running text. Chosen by looking at samples. */
const headingSizeShare = 1.15;
const headingCharactersMax = 200;
const emphasisedCharactersMax = 90;
const levelsMax = 6;

export function readPdfFonts(lines: readonly PdfLine[]): PdfFonts {
  const bodySize = mostFrequent(lines, ({ fontSize }) => roundSize(fontSize)) ?? 1;
  const bodyLines = lines.filter(({ fontSize }) => roundSize(fontSize) === bodySize);
  const bodyFont = mostFrequent(bodyLines, ({ fontName }) => fontName) ?? "";
  const sizes = lines.filter((line) => isLarge(line, bodySize)).map(({ fontSize }) => roundSize(fontSize));
  return { bodySize, bodyFont, headingSizes: [...new Set(sizes)].sort((a, b) => b - a) };
}

/** Level of a line that looks like a heading, from 1; `undefined` for text. */
export function headingRankOf(
  line: PdfLine,
  previous: PdfLine | undefined,
  fonts: PdfFonts,
  isApart: boolean,
): number | undefined {
  if (isLarge(line, fonts.bodySize)) {
    return Math.min(levelsMax, fonts.headingSizes.indexOf(roundSize(line.fontSize)) + 1);
  }
  // The same size in another font, alone on its line: pdf.js does not say whether a font is bold.
  const isOtherFont = line.fontName !== fonts.bodyFont && roundSize(line.fontSize) >= fonts.bodySize;
  const isShort = line.text.length <= emphasisedCharactersMax && !/[.,;:!?]$/u.test(line.text);
  const looksLikeTitle = /^(?:\d{1,2}(?:\.\d{1,2}){0,4}\.?\s+)?\p{Lu}/u.test(line.text) && hasWord(line.text);
  const followsHeading = previous !== undefined && isLarge(previous, fonts.bodySize);
  if (!isOtherFont || !isShort || !looksLikeTitle || !(isApart || followsHeading)) return undefined;
  return Math.min(levelsMax, fonts.headingSizes.length + 1);
}

function isLarge(line: PdfLine, bodySize: number): boolean {
  const isTitleLong = line.text.length <= headingCharactersMax && hasWord(line.text);
  return !line.isRotated && isTitleLong && roundSize(line.fontSize) >= headingSizeShare * bodySize;
}

function hasWord(text: string): boolean {
  return /\p{L}{2}|\p{Lo}/u.test(text);
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
