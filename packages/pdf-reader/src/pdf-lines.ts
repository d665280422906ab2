import { oneLine } from "@larder/text-blocks";
import type { PdfRun } from "./pdf-runs.ts";
import { cellGapBetween, wordGapShare } from "./pdf-runs.ts";
import { toLogicalOrder } from "./visual-order.ts";

/** A line of text, or the part of one that a wide gap parts from its neighbours. */
export interface PdfLine {
  readonly text: string;
  /** Along the direction of writing, in points. */
  readonly start: number;
  readonly end: number;
  /** Across it; greater is higher on the page. */
  readonly baseline: number;
  /** Of most of its characters, as is the font. */
  readonly fontSize: number;
  readonly fontName: string;
  /** All of it. */
  readonly isBold: boolean;
  readonly isMonospace: boolean;
  /** Of the direction of writing, in degrees counter-clockwise. */
  readonly angle: number;
  /** The parts of a line with wide gaps, from left to right; at least two, or absent. */
  readonly cells?: readonly PdfLine[];
}

interface OpenLine {
  readonly runs: PdfRun[];
  readonly angle: number;
  start: number;
  end: number;
  baseline: number;
  fontSize: number;
}

/** Baselines further apart than this share of the font's size are two lines; superscripts stay below. */
const lineShiftShare = 0.5;

/** Runs to lines, in the order in which the page draws them. Runs on one baseline that follow are one line. */
export function toPdfLines(runs: readonly PdfRun[]): readonly PdfLine[] {
  const lines: PdfLine[] = [];
  let line: OpenLine | undefined;
  for (const run of runs) {
    if (line !== undefined && isOverprint(line, run)) continue;
    if (line !== undefined && continues(line, run)) {
      append(line, run);
    } else {
      if (line !== undefined) lines.push(closeLine(line));
      const { angle, start, end, baseline, fontSize } = run;
      line = { runs: [run], angle, start, end, baseline, fontSize };
    }
  }
  if (line !== undefined) lines.push(closeLine(line));
  return lines.filter(({ text }) => text !== "");
}

/** The same letters once more beside themselves: how some programs draw bold. */
function isOverprint(line: OpenLine, run: PdfRun): boolean {
  const last = line.runs.at(-1);
  if (last === undefined || last.text !== run.text || last.angle !== run.angle) return false;
  const near = 0.1 * run.fontSize;
  return Math.abs(last.start - run.start) < near && Math.abs(last.baseline - run.baseline) < near;
}

function continues(line: OpenLine, run: PdfRun): boolean {
  if (line.angle !== run.angle) return false;
  const size = Math.max(line.fontSize, run.fontSize);
  if (Math.abs(line.baseline - run.baseline) > lineShiftShare * size) return false;
  return gapBetween(line, run) < cellGapBetween(line.runs.at(-1)?.text ?? "", run.text) * size;
}

/** Of the nearer edges, so that it holds for both directions of writing; 0 when they overlap. */
function gapBetween(a: { start: number; end: number }, b: { start: number; end: number }): number {
  return Math.max(0, b.start - a.end, a.start - b.end);
}

function append(line: OpenLine, run: PdfRun): void {
  line.runs.push(run);
  line.start = Math.min(line.start, run.start);
  line.end = Math.max(line.end, run.end);
  if (run.fontSize > line.fontSize) {
    line.fontSize = run.fontSize;
    line.baseline = run.baseline;
  }
}

function closeLine(line: OpenLine): PdfLine {
  const { start, end, baseline, angle, runs } = line;
  const isBackward = runs.some(({ glyphs }) => glyphs !== undefined);
  const text = isBackward ? toLogicalOrder(visualGlyphs(runs)) : joinRuns(runs);
  const main = mainRun(runs);
  return {
    text: oneLine(text),
    start,
    end,
    baseline,
    angle,
    fontSize: main.fontSize,
    fontName: main.font.name,
    isBold: runs.every(({ font, text: piece }) => font.isBold || !/\p{L}/u.test(piece)) && main.font.isBold,
    isMonospace: main.font.isMonospace,
  };
}

/** The run in whose font and size most characters stand. */
function mainRun(runs: readonly PdfRun[]): PdfRun {
  const characters = new Map<string, { run: PdfRun; count: number }>();
  for (const run of runs) {
    const key = `${run.font.name} ${run.fontSize.toFixed(1)}`;
    const seen = characters.get(key) ?? { run, count: 0 };
    seen.count += run.text.length;
    characters.set(key, seen);
  }
  return [...characters.values()].reduce((best, entry) => (entry.count > best.count ? entry : best)).run;
}

function isParted(before: PdfRun, run: PdfRun): boolean {
  if (before.hasSpaceAfter || run.hasSpaceBefore) return true;
  return gapBetween(before, run) > wordGapShare * Math.min(before.fontSize, run.fontSize);
}

function joinRuns(runs: readonly PdfRun[]): string {
  return runs
    .map((run, index) => {
      const before = runs[index - 1];
      return before !== undefined && isParted(before, run) ? ` ${run.text}` : run.text;
    })
    .join("");
}

function visualGlyphs(runs: readonly PdfRun[]): readonly string[] {
  const sorted = [...runs].sort((a, b) => a.start - b.start);
  const glyphs: string[] = [];
  let before: PdfRun | undefined;
  for (const run of sorted) {
    const own = run.glyphs ?? [...run.text];
    if (before !== undefined && run.start < before.end && /^\p{M}+$/u.test(run.text)) {
      glyphs.splice(
        glyphs.length - (before.glyphs?.length ?? before.text.length) + glyphsUnder(run, before),
        0,
        ...own,
      );
      continue;
    }
    if (before !== undefined && run.start - before.end > wordGapShare * run.fontSize) glyphs.push(" ");
    glyphs.push(...own);
    before = run;
  }
  return glyphs;
}

/** How many glyphs of a run end about where a mark that is drawn over it by itself belongs; at least one. */
function glyphsUnder(mark: PdfRun, run: PdfRun): number {
  const count = run.glyphs?.length ?? run.text.length;
  return Math.max(1, Math.ceil((count * (mark.start - run.start)) / Math.max(1, run.end - run.start)));
}
