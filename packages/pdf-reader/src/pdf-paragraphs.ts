import type { BlockKind } from "@larder/contracts";
import type { PdfFonts } from "./heading-fonts.ts";
import { headingRankOf } from "./heading-fonts.ts";
import type { PdfLine } from "./pdf-lines.ts";
import { findTables } from "./pdf-tables.ts";

/** Lines of one page that belong together. */
export interface PdfParagraph {
  readonly kind: BlockKind;
  readonly lines: readonly string[];
  /** From 1, the largest font first; present for headings. */
  readonly headingLevel?: number;
  /** Present for tables, in place of lines. */
  readonly rows?: readonly (readonly string[])[];
  readonly columns?: readonly string[];
}

interface OpenParagraph {
  kind: BlockKind;
  readonly lines: PdfLine[];
  headingLevel: number | undefined;
  /** By its weight alone. */
  readonly isEmphasised: boolean;
}

/** More than this times the usual distance of baselines parts paragraphs. Chosen by looking at samples. */
const paragraphGapShare = 1.35;
const headingLinesMax = 4;
const listMark = /^(?:[•◦▪‣·●○■❖➢✓–*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s/u;

/** Groups a page's rows to tables, and others by distance, font and list marks to paragraphs, headings and code. */
export function toPdfParagraphs(rows: readonly PdfLine[], fonts: PdfFonts): readonly PdfParagraph[] {
  const paragraphs: PdfParagraph[] = [];
  const usualGap = usualLineGap(rows);
  let from = 0;
  for (const table of findTables(rows)) {
    paragraphs.push(...groupLines(rows.slice(from, table.from), fonts, usualGap));
    const { rows: cells, columns } = table;
    paragraphs.push({ kind: "table", lines: [], rows: cells, ...(columns === undefined ? {} : { columns }) });
    from = table.to;
  }
  paragraphs.push(...groupLines(rows.slice(from), fonts, usualGap));
  return paragraphs;
}

function groupLines(lines: readonly PdfLine[], fonts: PdfFonts, usualGap: number): readonly PdfParagraph[] {
  const paragraphs: OpenParagraph[] = [];
  lines.forEach((line, index) => {
    const previous = lines[index - 1];
    const open = paragraphs.at(-1);
    const isCode = line.isMonospace && !fonts.isBodyMonospace;
    const isApart = previous === undefined || startsParagraph(previous, line, usualGap, isCode);
    const level = isCode ? undefined : headingRankOf(line, previous, fonts, isApart);
    const kind = kindOf(line, level, isCode);
    if (open === undefined || previous === undefined || isApart || !goesOn(open, previous, line, kind, level)) {
      const isEmphasised = level !== undefined && line.isBold && level > fonts.headingSizes.length;
      paragraphs.push({ kind, lines: [line], headingLevel: level, isEmphasised });
      return;
    }
    if (open.kind === "heading" && level === undefined) {
      open.kind = "paragraph"; // a bold line that runs on in the next was no heading
      open.headingLevel = undefined;
    }
    open.lines.push(line);
  });
  return paragraphs.map(({ kind, lines: members, headingLevel }) => {
    // One such line is an address or a name; lines without letters are ticks of a form.
    const isCode = kind === "code" && members.length > 1 && members.some(({ text }) => /\p{L}/u.test(text));
    return {
      kind: kind === "code" && !isCode ? "paragraph" : kind,
      lines: isCode ? indent(members) : members.flatMap(({ text }) => text.split("\n")),
      ...(headingLevel === undefined ? {} : { headingLevel }),
    };
  });
}

function kindOf(line: PdfLine, level: number | undefined, isCode: boolean): BlockKind {
  if (isCode) return "code";
  if (level !== undefined) return "heading";
  return listMark.test(line.text) ? "list_item" : "paragraph";
}

function goesOn(
  open: OpenParagraph,
  previous: PdfLine,
  line: PdfLine,
  kind: BlockKind,
  level: number | undefined,
): boolean {
  if ((open.kind === "code") !== (kind === "code")) return false;
  if (open.kind !== "heading" && kind !== "heading") return true;
  if (open.headingLevel === level) return open.lines.length < headingLinesMax;
  const isFull = previous.end > line.end - 0.2 * (line.end - line.start);
  return open.isEmphasised && level === undefined && isFull && open.lines.length === 1;
}

/** Code keeps its indentation, in characters of its font. */
function indent(lines: readonly PdfLine[]): readonly string[] {
  const left = lines.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY);
  return lines.map(({ text, start, end }) => {
    const characterWidth = (end - start) / Math.max(1, text.length);
    const spaces = characterWidth > 0 ? Math.round((start - left) / characterWidth) : 0;
    return " ".repeat(Math.min(80, Math.max(0, spaces))) + text;
  });
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

function startsParagraph(previous: PdfLine, line: PdfLine, usualGap: number, isCode: boolean): boolean {
  if (previous.angle !== line.angle) return true;
  const gap = gapShare(previous, line);
  if (isCode) return gap < -0.5 || gap > 2 * usualGap * paragraphGapShare;
  if (listMark.test(line.text)) return true;
  if (Math.abs(previous.fontSize - line.fontSize) > 0.15 * Math.max(previous.fontSize, line.fontSize)) return true;
  const endsSentence = /[.!?:;。！？؟]["'”’)\]]*$/u.test(previous.text);
  if (gap < -0.5) return endsSentence; // the next column: a sentence may go on there
  if (gap > usualGap * paragraphGapShare) return true;
  const isIndented = line.start - previous.start > line.fontSize && line.start - previous.start < 5 * line.fontSize;
  const wasShort = previous.end < line.end - 2 * line.fontSize;
  return endsSentence && (isIndented || wasShort);
}
