import { refuseLongText } from "@larder/text-blocks";
import type { NumberKind } from "../sheets/number-text.ts";
import { numberText } from "../sheets/number-text.ts";
import type { CellRange, Sheet } from "../sheets/sheet.ts";
import { CellGrid, readRange, readReference } from "../sheets/sheet.ts";
import { unescapeText } from "./shared-strings.ts";
import type { XlsxParts } from "./xlsx-parts.ts";

export interface CellSources {
  readonly strings: readonly string[];
  readonly kinds: readonly NumberKind[];
  readonly is1904: boolean;
  readonly charactersMax: number;
}

export interface SheetCells extends Pick<Sheet, "cells" | "merges"> {
  readonly formulasWithoutValue: number;
}

/** Bars and spaces that a cell takes in the text. */
const charactersPerCell = 3;

/** A cell while it is read. */
interface OpenCell {
  readonly row: number;
  readonly column: number;
  readonly type: string;
  readonly style: number;
  value: string;
  inline: string;
  hasFormula: boolean;
}

/** @throws {@link LarderError} `DOCUMENT_TOO_LARGE` as soon as the cells hold more than may be written */
export async function readSheetCells(parts: XlsxParts, part: string, sources: CellSources): Promise<SheetCells> {
  const grid = new CellGrid();
  const merges: CellRange[] = [];
  let row = -1;
  let column = -1;
  let cells = 0;
  let formulasWithoutValue = 0;
  let cell: OpenCell | undefined;
  let within = "";
  let phonetic = 0;
  await parts.read(part, {
    open: (name, attributes) => {
      within = name;
      if (name === "s:row") {
        row = attributes.r === undefined ? row + 1 : toIndex(attributes.r, row + 1);
        column = -1;
      } else if (name === "s:c") {
        const place = readReference(attributes.r ?? "") ?? { row: Math.max(0, row), column: column + 1 };
        column = place.column;
        const { t: type = "n", s: style = "0" } = attributes;
        cell = { ...place, type, style: Number(style), value: "", inline: "", hasFormula: false };
      } else if (name === "s:f" && cell !== undefined) cell.hasFormula = true;
      else if (name === "s:rPh") phonetic += 1;
      else if (name === "s:mergeCell") {
        const range = readRange(attributes.ref ?? "");
        if (range !== undefined) merges.push(range);
      }
    },
    text: (text) => {
      if (cell === undefined) return;
      if (within === "s:v") cell.value += text;
      if (within === "s:t" && phonetic === 0) cell.inline += text;
    },
    close: (name) => {
      within = "";
      if (name === "s:rPh") phonetic -= 1;
      if (name !== "s:c" || cell === undefined) return;
      if (cell.hasFormula && cell.value === "" && cell.inline === "" && cell.type !== "str") formulasWithoutValue += 1;
      grid.set(cell.row, cell.column, textOf(cell, sources));
      cells += 1;
      refuseLongText(grid.characters + (grid.rows.size === 0 ? 0 : cells * charactersPerCell), sources.charactersMax);
      cell = undefined;
    },
  });
  return { cells: grid.rows, merges, formulasWithoutValue };
}

function toIndex(text: string, otherwise: number): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number - 1 : otherwise;
}

function textOf({ type, style, value, inline }: OpenCell, { strings, kinds, is1904 }: CellSources): string {
  switch (type) {
    case "s":
      return strings[Number(value)] ?? "";
    case "inlineStr":
      return unescapeText(inline);
    case "b":
      return value === "1" ? "TRUE" : value === "0" ? "FALSE" : "";
    case "str":
      return unescapeText(value);
    case "e":
      return value;
    case "d":
      return value.replace("T", " ");
    default: {
      const number = value.trim() === "" ? Number.NaN : Number(value);
      return Number.isFinite(number) ? numberText(number, kinds[style] ?? "plain", is1904) : value;
    }
  }
}
