/** A run of glyphs as pdf.js gives it; lengths in points, `transform` as in ISO 32000-1, 8.3.3. */
export interface PdfItem {
  readonly str: string;
  readonly dir: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly fontName: string;
}

export interface PdfLine {
  readonly text: string;
  /** Along the direction of writing, in points. */
  readonly start: number;
  readonly end: number;
  /** Across it; greater is higher on the page. */
  readonly baseline: number;
  /** Of most of its characters. */
  readonly fontSize: number;
  readonly fontName: string;
  readonly isRotated: boolean;
}

interface OpenLine {
  readonly pieces: string[];
  readonly charactersByFont: Map<string, { fontSize: number; fontName: string; characters: number }>;
  readonly isRotated: boolean;
  start: number;
  end: number;
  baseline: number;
  fontSize: number;
}

/** Gaps wider than this share of the font's size part words. From the gaps of typeset and generated samples. */
const wordGapShare = 0.2;
/** Baselines further apart than this share of the font's size are two lines; superscripts stay below. */
const lineShiftShare = 0.5;

/** Glyph runs to lines, in the order in which the page draws them. Runs on one baseline that follow are one line. */
export function toPdfLines(items: readonly PdfItem[]): readonly PdfLine[] {
  const lines: PdfLine[] = [];
  let line: OpenLine | undefined;
  for (const item of items) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: fonts map unknown glyphs to control characters
    const text = item.str.replace(/[\u0000-\u001F\u007F]/gu, " ");
    if (text.trim() === "") {
      if (text !== "" && line !== undefined && line.pieces.at(-1) !== " ") line.pieces.push(" ");
      continue;
    }
    const place = placeOf(item);
    if (line !== undefined && !continues(line, place)) {
      lines.push(closeLine(line));
      line = undefined;
    }
    line ??= openLine(place);
    append(line, text, item, place);
  }
  if (line !== undefined) lines.push(closeLine(line));
  return lines.filter(({ text }) => text !== "");
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly baseline: number;
  readonly fontSize: number;
  readonly isRotated: boolean;
}

function placeOf({ transform, width }: PdfItem): Place {
  const [a = 1, b = 0, c = 0, d = 1, x = 0, y = 0] = transform;
  const isRotated = Math.abs(b) > Math.abs(a);
  const fontSize = Math.hypot(c, d) || 1;
  const start = isRotated ? y * Math.sign(b) : x;
  const baseline = isRotated ? -x * Math.sign(b) : y;
  return { start, end: start + width, baseline, fontSize, isRotated };
}

function openLine({ start, baseline, fontSize, isRotated }: Place): OpenLine {
  return { pieces: [], charactersByFont: new Map(), isRotated, start, end: start, baseline, fontSize };
}

function continues(line: OpenLine, place: Place): boolean {
  if (line.isRotated !== place.isRotated) return false;
  const size = Math.max(line.fontSize, place.fontSize);
  if (Math.abs(line.baseline - place.baseline) > lineShiftShare * size) return false;
  return gapBetween(line, place) < 20 * size; // further away is another column
}

/** Of the nearer edges, so that it holds for both directions of writing; 0 when they overlap. */
function gapBetween(line: OpenLine, place: Place): number {
  return Math.max(0, place.start - line.end, line.start - place.end);
}

function append(line: OpenLine, text: string, { fontName }: PdfItem, place: Place): void {
  const isParted = line.pieces.length > 0 && gapBetween(line, place) > wordGapShare * place.fontSize;
  if (isParted && line.pieces.at(-1)?.endsWith(" ") === false && !text.startsWith(" ")) line.pieces.push(" ");
  line.pieces.push(text);
  line.start = Math.min(line.start, place.start);
  line.end = Math.max(line.end, place.end);
  if (place.fontSize > line.fontSize) {
    line.fontSize = place.fontSize;
    line.baseline = place.baseline;
  }
  const key = `${fontName} ${place.fontSize.toFixed(1)}`;
  const seen = line.charactersByFont.get(key) ?? { fontName, fontSize: place.fontSize, characters: 0 };
  seen.characters += text.length;
  line.charactersByFont.set(key, seen);
}

function closeLine(line: OpenLine): PdfLine {
  const fonts = [...line.charactersByFont.values()];
  const main = fonts.reduce((best, font) => (font.characters > best.characters ? font : best));
  const { start, end, baseline, isRotated } = line;
  const text = line.pieces.join("").replace(/\s+/gu, " ").trim();
  return { text, start, end, baseline, isRotated, fontSize: main.fontSize, fontName: main.fontName };
}
