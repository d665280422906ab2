import type { PdfFonts } from "./pdf-fonts.ts";
import { headingRankOf } from "./pdf-fonts.ts";
import type { PdfLine } from "./pdf-lines.ts";

/** Lines of one page that belong together. */
export interface PdfParagraph {
  readonly lines: readonly string[];
  /** From 1, the largest font first; absent for text. */
  readonly headingLevel?: number;
}

/** More than this times the usual distance of baselines parts paragraphs. Chosen by looking at samples. */
const paragraphGapShare = 1.35;
const headingLinesMax = 4;
const listMark = /^(?:[•◦▪‣·●○■–*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s/u;

/** Groups a page's lines by distance, font size and list marks, and marks those that look like headings. */
export function toPdfParagraphs(lines: readonly PdfLine[], fonts: PdfFonts): readonly PdfParagraph[] {
  const paragraphs: { lines: string[]; headingLevel?: number }[] = [];
  const usualGap = usualLineGap(lines);
  lines.forEach((line, index) => {
    const previous = lines[index - 1];
    const open = paragraphs.at(-1);
    const isApart = previous === undefined || startsParagraph(previous, line, usualGap);
    const level = headingRankOf(line, previous, fonts, isApart);
    if (
      open === undefined ||
      isApart ||
      open.headingLevel !== level ||
      (level !== undefined && open.lines.length >= headingLinesMax)
    ) {
      paragraphs.push({ lines: [line.text], ...(level === undefined ? {} : { headingLevel: level }) });
    } else {
      open.lines.push(line.text);
    }
  });
  return paragraphs;
}

/** The middle one of the distances between neighbouring lines, in shares of their font's size. */
function usualLineGap(lines: readonly PdfLine[]): number {
  const gaps = lines
    .slice(1)
    .map((line, index) => gapShare(lines[index] ?? line, line))
    .filter((gap) => gap > 0.5 && gap < 3)
    .sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? 1.2;
}

function gapShare(above: PdfLine, below: PdfLine): number {
  return (above.baseline - below.baseline) / Math.max(1, Math.min(above.fontSize, below.fontSize));
}

function startsParagraph(previous: PdfLine, line: PdfLine, usualGap: number): boolean {
  if (previous.isRotated !== line.isRotated || listMark.test(line.text)) return true;
  if (Math.abs(previous.fontSize - line.fontSize) > 0.15 * Math.max(previous.fontSize, line.fontSize)) return true;
  const gap = gapShare(previous, line);
  const endsSentence = /[.!?:;]["'”’)\]]*$/u.test(previous.text);
  if (gap < -0.5) return endsSentence; // the next column: a sentence may go on there
  if (gap > usualGap * paragraphGapShare) return true;
  const isIndented = line.start - previous.start > line.fontSize && line.start - previous.start < 5 * line.fontSize;
  const wasShort = previous.end < line.end - 2 * line.fontSize;
  return endsSentence && (isIndented || wasShort);
}
