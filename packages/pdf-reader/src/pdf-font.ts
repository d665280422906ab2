/** What the reader needs to know of a font. */
export interface PdfFont {
  /** Without the prefix of a subset. */
  readonly name: string;
  readonly isBold: boolean;
  readonly isMonospace: boolean;
  readonly isVertical: boolean;
  /** Glyph widths to text space: 0.001, save for fonts of Type 3. */
  readonly widthUnit: number;
  /** Glyphs shown, and those of them without a character; by these {@link isUnmapped} decides. */
  readonly tally: { shown: number; unmapped: number };
}

const boldName = /bold|black|heavy|demi|-medi\b|^(?:CMB|SFB)/iu;
const monospaceName = /mono|courier|consol|menlo|typewriter|^(?:CM|SF)TT|lettergothic|sourcecode|inconsolata/iu;

export function toPdfFont(value: unknown): PdfFont {
  const font = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const name = typeof font.name === "string" ? font.name.replace(/^[A-Z]{6}\+/u, "") : "";
  const matrix = font.fontMatrix;
  const widthUnit = Array.isArray(matrix) && typeof matrix[0] === "number" ? Math.abs(matrix[0]) || 0.001 : 0.001;
  return {
    name,
    isBold: font.bold === true || font.black === true || boldName.test(name),
    isMonospace: font.fallbackName === "monospace" || monospaceName.test(name),
    isVertical: font.vertical === true,
    widthUnit,
    tally: { shown: 0, unmapped: 0 },
  };
}

/** A few unmapped glyphs are ornaments; a font with many gives no text at all. Chosen by looking at samples. */
const unmappedShareMax = 0.1;
const unmappedGlyphsMin = 8;

/** Whether the font lacks a map to characters: what it shows is not what it says. */
export function isUnmapped({ tally: { shown, unmapped } }: PdfFont): boolean {
  return unmapped >= unmappedGlyphsMin && unmapped > unmappedShareMax * shown;
}
