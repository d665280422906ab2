import { openCompoundFile } from "@larder/compound-file";
import type { ParsedDocument } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import { writeSheets } from "../sheets/write-sheets.ts";
import { malformedXls } from "./biff-records.ts";
import { readXlsCells } from "./xls-cells.ts";
import { readGlobals } from "./xls-globals.ts";

/**
 * Workbooks of Excel 97 to 2003: cells with their stored values, dates as `2024-01-31`. Comments and charts are not read.
 *
 * @source Microsoft, [MS-XLS]: Excel Binary File Format (.xls) Structure
 * @throws {@link LarderError} `DOCUMENT_UNSUPPORTED` for older workbooks, `DOCUMENT_ENCRYPTED`, `DOCUMENT_MALFORMED`,
 * `DOCUMENT_TOO_LARGE`
 */
export function readXls(bytes: Uint8Array, { limits }: ReadContext): ParsedDocument {
  const file = openCompoundFile(bytes);
  const found = file.root.get("workbook") ?? file.root.get("book");
  if (found?.kind !== "stream") throw malformedXls("workbook");
  const content = file.read(found);
  const stream = Buffer.from(content.buffer, content.byteOffset, content.length);
  const globals = readGlobals(stream);
  // Two sheets of one place would be read twice, and very many of them very often.
  if (new Set(globals.sheets.map(({ offset }) => offset)).size < globals.sheets.length) throw malformedXls("sheet");
  const sheets = globals.sheets.map(({ name, isHidden, offset }) => ({
    name,
    isHidden,
    ...readXlsCells(stream, offset, globals, limits.textCharactersMax),
    comments: [],
  }));
  return { ...writeSheets(sheets, limits), mediaType: "application/vnd.ms-excel" };
}
