import { refuseLongText } from "@larder/text-blocks";
import { numberText } from "../sheets/number-text.ts";
import type { CellRange, Sheet } from "../sheets/sheet.ts";
import { CellGrid } from "../sheets/sheet.ts";
import type { BiffRecord } from "./biff-records.ts";
import { biffRecords, malformedXls, PartReader } from "./biff-records.ts";
import type { XlsGlobals } from "./xls-globals.ts";

/** Bars and spaces that a cell takes in the text. */
const charactersPerCell = 3;

const errorTexts: ReadonlyMap<number, string> = new Map([
  [0x00, "#NULL!"],
  [0x07, "#DIV/0!"],
  [0x0f, "#VALUE!"],
  [0x17, "#REF!"],
  [0x1d, "#NAME?"],
  [0x24, "#NUM!"],
  [0x2a, "#N/A"],
]);

/** The cells of the sheet that begins at `offset`. @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE` */
export function readXlsCells(
  stream: Buffer,
  offset: number,
  globals: XlsGlobals,
  charactersMax: number,
): Pick<Sheet, "cells" | "merges"> {
  const cells = new XlsCells(globals, charactersMax);
  let depth = 0; // a chart inside the sheet has a beginning and an end of its own
  for (const record of biffRecords(stream, offset)) {
    if (depth === 0 && record.id !== 0x0809) throw malformedXls("sheet");
    if (record.id === 0x0809) depth += 1;
    else if (record.id === 0x0a) depth -= 1;
    else if (depth === 1) cells.take(record);
    if (depth === 0) break;
  }
  return { cells: cells.grid.rows, merges: cells.merges };
}

class XlsCells {
  readonly grid = new CellGrid();
  readonly merges: CellRange[] = [];
  readonly #globals: XlsGlobals;
  readonly #charactersMax: number;
  #cells = 0;
  /** Where the text goes that a formula gave. */
  #textPlace: { readonly row: number; readonly column: number } | undefined;

  constructor(globals: XlsGlobals, charactersMax: number) {
    this.#globals = globals;
    this.#charactersMax = charactersMax;
  }

  take({ id, parts }: BiffRecord): void {
    const reader = new PartReader(parts);
    if (id === 0xe5) this.#takeMerges(reader);
    if (id === 0x0207 && this.#textPlace !== undefined) {
      this.#set(this.#textPlace.row, this.#textPlace.column, reader.text(reader.word()));
      this.#textPlace = undefined;
    }
    if (![0xfd, 0x0203, 0x027e, 0xbd, 0x06, 0x0204, 0x0205].includes(id)) return;
    const row = reader.word();
    const column = reader.word();
    if (id === 0xbd) {
      this.#takeNumbers(reader, row, column, parts);
      return;
    }
    const style = reader.word();
    if (id === 0xfd) this.#set(row, column, this.#globals.strings[reader.long()] ?? "");
    else if (id === 0x0204) this.#set(row, column, reader.text(reader.word()));
    else if (id === 0x027e) this.#set(row, column, this.#number(unpacked(reader.long()), style));
    else if (id === 0x0203) this.#set(row, column, this.#number(double(reader), style));
    else if (id === 0x0205) {
      const value = reader.byte();
      this.#set(row, column, reader.byte() === 1 ? errorText(value) : truth(value));
    } else this.#takeFormula(reader, row, column, style);
  }

  /** Eight bytes: a number, or, when the last two are all ones, a kind and a value. */
  #takeFormula(reader: PartReader, row: number, column: number, style: number): void {
    const bytes = Buffer.from(Array.from({ length: 8 }, () => reader.byte()));
    if (bytes.readUInt16LE(6) !== 0xffff) {
      this.#set(row, column, this.#number(bytes.readDoubleLE(0), style));
      return;
    }
    const value = bytes[2] ?? 0;
    if (bytes[0] === 0) this.#textPlace = { row, column };
    if (bytes[0] === 1) this.#set(row, column, truth(value));
    if (bytes[0] === 2) this.#set(row, column, errorText(value));
  }

  #takeNumbers(reader: PartReader, row: number, firstColumn: number, parts: readonly Buffer[]): void {
    const count = Math.floor(((parts[0]?.length ?? 0) - 6) / 6);
    for (let index = 0; index < count; index += 1) {
      const style = reader.word();
      this.#set(row, firstColumn + index, this.#number(unpacked(reader.long()), style));
    }
  }

  #takeMerges(reader: PartReader): void {
    for (let left = reader.word(); left > 0 && !reader.isAtEnd; left -= 1) {
      const [firstRow, lastRow] = [reader.word(), reader.word()];
      const [firstColumn, lastColumn] = [reader.word(), reader.word()];
      if (firstRow <= lastRow && firstColumn <= lastColumn) {
        this.merges.push({ firstRow, lastRow, firstColumn, lastColumn });
      }
    }
  }

  #number(value: number, style: number): string {
    return numberText(value, this.#globals.kinds[style] ?? "plain", this.#globals.is1904);
  }

  #set(row: number, column: number, text: string): void {
    this.grid.set(row, column, text);
    this.#cells += 1;
    refuseLongText(this.grid.characters + charactersPerCell * this.#cells, this.#charactersMax);
  }
}

function double(reader: PartReader): number {
  return Buffer.from(Array.from({ length: 8 }, () => reader.byte())).readDoubleLE(0);
}

/** A number in 30 bits: the upper part of a double or an integer, either of them perhaps in hundredths. */
function unpacked(packed: number): number {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE((packed & 0xffff_fffc) >>> 0, 4);
  const value = (packed & 2) === 0 ? bytes.readDoubleLE(0) : packed >> 2;
  return (packed & 1) === 0 ? value : value / 100;
}

function truth(value: number): string {
  return value === 0 ? "FALSE" : "TRUE";
}

function errorText(value: number): string {
  return errorTexts.get(value) ?? "#ERROR!";
}
