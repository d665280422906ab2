import { OPS } from "unpdf/pdfjs";
import type { PdfFont } from "./pdf-font.ts";
import { multiplyMatrices, toMatrix } from "./pdf-matrix.ts";
import type { PdfTextCursor, PdfTextState } from "./pdf-text-state.ts";
import { isRightToLeft } from "./visual-order.ts";

/** Neighbouring glyphs of one font on one baseline; lengths in points on the upright page. */
export interface PdfRun {
  readonly text: string;
  /** The glyphs' texts from left to right; present where some of them are written from right to left. */
  readonly glyphs?: readonly string[];
  /** Along the direction of writing. */
  readonly start: number;
  readonly end: number;
  /** Across it; greater is higher on the page. */
  readonly baseline: number;
  readonly fontSize: number;
  readonly font: PdfFont;
  /** Of the direction of writing, in degrees counter-clockwise. */
  readonly angle: number;
  readonly hasSpaceBefore: boolean;
  readonly hasSpaceAfter: boolean;
  /** Why nobody sees it on the page. */
  readonly unseen?: "invisible" | "tiny" | "outside" | "white";
  /** Drawn by an annotation, such as what a form's field was filled in with. */
  readonly isAnnotation: boolean;
}

/** Gaps wider than this share of the font's size part words. From the gaps of typeset and generated samples. */
export const wordGapShare = 0.15;
/** Gaps wider than this are no gaps between words, even in justified lines. Chosen by looking at samples. */
const cellGapShare = 1;
/** The gap, in shares of the font's size, from which on a text begins a cell: any where a sum of money follows a number. */
export function cellGapBetween(before: string, text: string): number {
  return /^\p{Sc}/u.test(text) && /[\d)%—–]$/u.test(before) ? wordGapShare : cellGapShare;
}

/** Smaller letters are not for reading, in points. */
const sizeMin = 2;
/** Painted areas remembered, to tell white letters on a dark ground from white ones on the page. */
const groundsMax = 2000;

interface OpenRun {
  pieces: string[];
  isBackward: boolean;
  readonly start: number;
  end: number;
  readonly baseline: number;
  readonly fontSize: number;
  readonly font: PdfFont;
  readonly angle: number;
  readonly hasSpaceBefore: boolean;
  readonly unseen: PdfRun["unseen"];
  readonly isAnnotation: boolean;
}

type Box = readonly [left: number, bottom: number, right: number, top: number];

/** Joins the glyphs that a page shows to runs. */
export class PdfRunWriter {
  readonly #runs: PdfRun[] = [];
  readonly #grounds: Box[] = [];
  readonly #view: Box;
  #open: OpenRun | undefined;
  #hasSpace = false;
  #isAnnotation = false;

  constructor(view: Box) {
    this.#view = view;
  }

  /** Shows glyphs and kerning (ISO 32000-1, 9.4.4) and moves the cursor behind them. */
  show(items: readonly unknown[], cursor: PdfTextCursor): void {
    const { font, fontSize, characterSpacing, wordSpacing, horizontalScale, rise } = cursor.state;
    if (font === undefined) return;
    const matrix = cursor.matrix;
    const [a, b, c, d] = matrix;
    const unit = (font.isVertical ? Math.hypot(c, d) : Math.hypot(a, b)) || 1;
    const size = Math.abs(fontSize) * (Math.hypot(c, d) || 1);
    const turn = font.isVertical ? Math.atan2(-d, -c) : Math.atan2(b, a);
    const place = { font, size, turn, cos: Math.cos(turn), sin: Math.sin(turn), state: cursor.state };
    const spaced = isLetterSpaced(items, characterSpacing, fontSize) ? characterSpacing * horizontalScale : 0;
    for (const item of items) {
      if (typeof item === "number") {
        const shift = (-item / 1000) * fontSize;
        if (font.isVertical) cursor.y += shift;
        else cursor.x += shift * horizontalScale;
        continue;
      }
      const glyph = toGlyph(item);
      if (glyph === undefined) continue;
      const spacing = characterSpacing + (glyph.isSpace ? wordSpacing : 0);
      const x = matrix[0] * cursor.x + matrix[2] * (cursor.y + rise) + matrix[4];
      const y = matrix[1] * cursor.x + matrix[3] * (cursor.y + rise) + matrix[5];
      let inked: number;
      if (font.isVertical) {
        inked = glyph.verticalWidth * 0.001 * fontSize;
        cursor.y += inked - spacing;
      } else {
        inked = glyph.width * font.widthUnit * fontSize * horizontalScale;
        cursor.x += inked + spacing * horizontalScale;
      }
      this.#add(glyph.unicode, x, y, Math.abs(inked + spaced) * unit, place);
    }
  }

  /** Remembers what a path fills, unless it fills with white. */
  paint(paintOperator: number, bounds: unknown, { fill, transform }: PdfTextState): void {
    const isFilled =
      paintOperator === OPS.fill ||
      paintOperator === OPS.eoFill ||
      paintOperator === OPS.fillStroke ||
      paintOperator === OPS.eoFillStroke;
    if (!isFilled || isWhite(fill) || this.#grounds.length >= groundsMax) return;
    const [left, bottom, right, top] = toMatrix(bounds === undefined ? undefined : { ...Object(bounds), 4: 0, 5: 0 });
    const near = multiplyMatrices([1, 0, 0, 1, left, bottom], transform);
    const far = multiplyMatrices([1, 0, 0, 1, right, top], transform);
    const xs = [near[4], far[4]];
    const ys = [near[5], far[5]];
    this.#grounds.push([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]);
  }

  /** At the beginning and at the end of an annotation. */
  enterAnnotation(isAnnotation: boolean): void {
    this.#closeRun();
    this.#isAnnotation = isAnnotation;
  }

  close(): readonly PdfRun[] {
    this.#closeRun();
    return this.#runs;
  }

  #add(raw: string, x: number, y: number, width: number, place: GlyphPlace): void {
    const { font, size, turn, cos, sin, state } = place;
    font.tally.shown += 1;
    const text = isPlain(raw) ? raw : raw.replace(unmappedCharacter, "");
    if (text !== raw || raw === "") font.tally.unmapped += 1;
    if (text === "") return;
    if (text.trim() === "") {
      this.#hasSpace = true;
      return;
    }
    const start = x * cos + y * sin;
    const baseline = y * cos - x * sin;
    const angle = Math.round((turn * 180) / Math.PI);
    const open = this.#open;
    const gap = open === undefined ? 0 : start - open.end;
    const goesOn =
      open !== undefined &&
      open.font === font &&
      open.angle === angle &&
      Math.abs(open.fontSize - size) < 0.01 * size &&
      Math.abs(open.baseline - baseline) < 0.05 * size &&
      gap > -0.5 * size &&
      gap < cellGapBetween(open.pieces.at(-1) ?? "", text) * size;
    if (goesOn) {
      if (this.#hasSpace || gap > wordGapShare * size) open.pieces.push(" ");
      open.pieces.push(text);
      open.end = Math.max(open.end, start + width);
      open.isBackward ||= isRightToLeft(text);
    } else {
      this.#closeRun();
      const unseen = this.#unseenAt(x, y, size, state);
      this.#open = {
        pieces: [text],
        isBackward: isRightToLeft(text),
        start,
        end: start + width,
        baseline,
        fontSize: size,
        font,
        angle,
        hasSpaceBefore: this.#hasSpace,
        unseen,
        isAnnotation: this.#isAnnotation,
      };
    }
    this.#hasSpace = false;
  }

  #closeRun(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const { pieces, isBackward, unseen, ...place } = open;
    this.#runs.push({
      ...place,
      text: pieces.join(""),
      hasSpaceAfter: this.#hasSpace,
      ...(isBackward ? { glyphs: pieces } : {}),
      ...(unseen === undefined ? {} : { unseen }),
    });
  }

  #unseenAt(x: number, y: number, size: number, { renderingMode, fill }: PdfTextState): PdfRun["unseen"] {
    const [left, bottom, right, top] = this.#view;
    if (x < left - size || x > right + size || y < bottom - size || y > top + size) return "outside";
    if (size < sizeMin) return "tiny";
    if (renderingMode === 3) return "invisible";
    if (!isWhite(fill) || (renderingMode !== 0 && renderingMode !== 4)) return undefined;
    const isOnGround = this.#grounds.some((box) => x >= box[0] - 1 && x <= box[2] && y >= box[1] - 1 && y <= box[3]);
    return isOnGround ? undefined : "white";
  }
}

interface GlyphPlace {
  readonly font: PdfFont;
  readonly size: number;
  readonly turn: number;
  readonly cos: number;
  readonly sin: number;
  readonly state: PdfTextState;
}

interface Glyph {
  readonly unicode: string;
  readonly width: number;
  readonly verticalWidth: number;
  readonly isSpace: boolean;
}

function toGlyph(item: unknown): Glyph | undefined {
  if (typeof item !== "object" || item === null || !("unicode" in item) || typeof item.unicode !== "string") {
    return undefined;
  }
  const width = "width" in item && typeof item.width === "number" ? item.width : 0;
  const metrics = "vmetric" in item && Array.isArray(item.vmetric) ? Number(item.vmetric[0]) : Number.NaN;
  const verticalWidth = Number.isFinite(metrics) ? metrics : -1000;
  return { unicode: item.unicode, width, verticalWidth, isSpace: "isSpace" in item && item.isSpace === true };
}

/** Control characters and such of private use: what pdf.js gives where a font has no map for a glyph. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: fonts map unknown glyphs to control characters
const unmappedCharacter = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFFFD\p{Co}]/gu;

/**
 * Whether letters stand apart for looks, so that their gaps part no words. Some programs set a wide spacing only to take
 * it back between most letters: then the gaps that stay do part words.
 */
function isLetterSpaced(items: readonly unknown[], characterSpacing: number, fontSize: number): boolean {
  if (characterSpacing <= 0.5 * wordGapShare * Math.abs(fontSize)) return false;
  let neighbours = 0;
  items.forEach((item, index) => {
    if (typeof item === "object" && typeof items[index + 1] === "object") neighbours += 1;
  });
  return neighbours >= (items.length - 1) / 2;
}

/** One printable character of ASCII: most glyphs are, and need no further look. */
function isPlain(text: string): boolean {
  const code = text.charCodeAt(0);
  return text.length === 1 && code >= 32 && code < 127;
}

function isWhite(fill: string): boolean {
  return /^#f[c-f]f[c-f]f[c-f]$/iu.test(fill);
}
