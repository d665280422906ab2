import type { PdfLine } from "./pdf-lines.ts";

/** Baselines of one row differ by at most this share of the font's size. */
const rowShiftShare = 0.35;
/** Lines of one cell stand at most this many times their font's size apart. */
const stackGapMax = 1.6;
/** More lines one below the other are a paragraph, not a cell. */
const stackLinesMax = 4;

/** Lines that stand one below the other, as the lines of a cell do. */
interface Stack {
  readonly lines: PdfLine[];
  start: number;
  end: number;
}

interface OpenRow {
  readonly cells: PdfLine[];
  start: number;
  end: number;
}

/**
 * Neighbours on one baseline to one line with cells, in the order in which the page draws them. Cells of several lines
 * are told from paragraphs by their neighbour beside them, which begins at the same height.
 */
export function toPdfRows(lines: readonly PdfLine[]): readonly PdfLine[] {
  const stacks = partAtNeighbours(toStacks(lines));
  const rows: OpenRow[] = [];
  stacks.forEach((stack, index) => {
    const isCell = isBeside(stacks[index - 1], stack) || isBeside(stack, stacks[index + 1]);
    const parts = isCell ? [joinStack(stack)] : stack.lines;
    parts.forEach((line, part) => {
      const open = rows.at(-1);
      const last = open?.cells.at(-1);
      const isNext = part === 0 && last !== undefined && isOneRow(last, line);
      if (open !== undefined && isNext && isApart(open, line)) {
        open.cells.push(line);
        open.start = Math.min(open.start, line.start);
        open.end = Math.max(open.end, line.end);
      } else {
        rows.push({ cells: [line], start: line.start, end: line.end });
      }
    });
  });
  return rows.map(({ cells }) => toRow(cells));
}

function toStacks(lines: readonly PdfLine[]): readonly Stack[] {
  const stacks: Stack[] = [];
  for (const line of lines) {
    const open = stacks.at(-1);
    const last = open?.lines.at(-1);
    if (open !== undefined && last !== undefined && isBelow(last, line) && !isApart(open, line)) {
      open.lines.push(line);
      open.start = Math.min(open.start, line.start);
      open.end = Math.max(open.end, line.end);
    } else {
      stacks.push({ lines: [line], start: line.start, end: line.end });
    }
  }
  return stacks;
}

/** What stands above the first line of the cells beside it, such as a header over two columns, is no part of the cell. */
function partAtNeighbours(stacks: readonly Stack[]): readonly Stack[] {
  return stacks.flatMap((stack, index) => {
    const beside = stacks[index + 1];
    const first = beside?.lines[0];
    if (beside === undefined || first === undefined) return [stack];
    const from = Math.max(1, stack.lines.length - stackLinesMax);
    const at = stack.lines.findIndex((line, place) => place >= from && isOneRow(line, first) && isApart(line, beside));
    return at < 0 ? [stack] : [toStack(stack.lines.slice(0, at)), toStack(stack.lines.slice(at))];
  });
}

function toStack(lines: PdfLine[]): Stack {
  const start = lines.reduce((least, line) => Math.min(least, line.start), Number.POSITIVE_INFINITY);
  return { lines, start, end: lines.reduce((most, line) => Math.max(most, line.end), start) };
}

function isBelow(above: PdfLine, line: PdfLine): boolean {
  const gap = above.baseline - line.baseline;
  return above.angle === line.angle && gap > 0 && gap < stackGapMax * Math.min(above.fontSize, line.fontSize);
}

/** Two cells of one row, at least one of them of several lines. */
function isBeside(left: Stack | undefined, right: Stack | undefined): boolean {
  const [first, second] = [left?.lines[0], right?.lines[0]];
  if (left === undefined || right === undefined || first === undefined || second === undefined) return false;
  const linesMost = Math.max(left.lines.length, right.lines.length);
  return linesMost > 1 && linesMost <= stackLinesMax && isOneRow(first, second) && isApart(left, right);
}

function isApart(a: { start: number; end: number }, b: { start: number; end: number }): boolean {
  return Math.max(b.start - a.end, a.start - b.end) > 0;
}

function joinStack({ lines, start, end }: Stack): PdfLine {
  const [first] = lines;
  if (first === undefined) throw new RangeError("a cell without lines");
  return { ...first, text: lines.map(({ text }) => text).join("\n"), start, end };
}

function isOneRow(cell: PdfLine, line: PdfLine): boolean {
  if (cell.angle !== line.angle) return false;
  const size = Math.min(cell.fontSize, line.fontSize);
  return Math.abs(cell.baseline - line.baseline) <= rowShiftShare * size;
}

function toRow(cells: readonly PdfLine[]): PdfLine {
  const sorted = [...cells].sort((a, b) => a.start - b.start);
  const [first, ...rest] = sorted;
  if (first === undefined) throw new RangeError("a row without cells");
  if (rest.length === 0) return first;
  const largest = sorted.reduce((best, cell) => (cell.text.length > best.text.length ? cell : best));
  return {
    ...largest,
    text: cells.map(({ text }) => text).join(" "),
    start: first.start,
    end: sorted.reduce((most, { end }) => Math.max(most, end), first.end),
    isBold: sorted.every(({ isBold }) => isBold),
    cells: sorted,
  };
}
