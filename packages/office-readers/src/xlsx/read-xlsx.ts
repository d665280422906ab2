import { openZip } from "@larder/bounded-zip";
import type { ParsedDocument, ParseWarning } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import type { Sheet } from "../sheets/sheet.ts";
import { writeSheets } from "../sheets/write-sheets.ts";
import { readNumberKinds } from "./number-kinds.ts";
import { readSharedStrings } from "./shared-strings.ts";
import type { CellSources } from "./sheet-cells.ts";
import { readSheetCells } from "./sheet-cells.ts";
import { readDrawings } from "./sheet-charts.ts";
import { readComments } from "./sheet-comments.ts";
import { malformedXlsx, XlsxParts } from "./xlsx-parts.ts";

const mediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

interface ListedSheet {
  readonly name: string;
  readonly relation: string;
  readonly isHidden: boolean;
}

/**
 * Workbooks of Excel 2007 and later: what each cell shows, as far as the file says it. Formulas are their last computed
 * values; nothing is computed, no macro is read and no link followed. The size that a sheet declares is not believed.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_TOO_LARGE`
 */
export async function readXlsx(bytes: Uint8Array, { limits }: ReadContext): Promise<ParsedDocument> {
  const parts = new XlsxParts(openZip(bytes, limits), limits);
  const workbook =
    (await parts.relationsOf("")).find(({ type }) => type === "officeDocument")?.part ?? "xl/workbook.xml";
  const { sheets: listed, is1904 } = await readWorkbook(parts, workbook);
  const relations = await parts.relationsOf(workbook);
  const partOf = (type: string): string => relations.find((relation) => relation.type === type)?.part ?? "";
  const sources: CellSources = {
    strings: await readSharedStrings(parts, partOf("sharedStrings"), limits),
    kinds: await readNumberKinds(parts, partOf("styles")),
    is1904,
    charactersMax: limits.textCharactersMax,
  };
  const sheets: Sheet[] = [];
  let formulasWithoutValue = 0;
  for (const sheet of listed) {
    const part = relations.find(({ id }) => id === sheet.relation);
    if (part?.type !== "worksheet") continue; // a sheet of its own that is a chart or a dialogue
    const read = await readSheetCells(parts, part.part, sources);
    formulasWithoutValue += read.formulasWithoutValue;
    const related = await parts.relationsOf(part.part);
    const comments = await readComments(parts, related);
    const { name, isHidden } = sheet;
    const { cells, merges } = read;
    sheets.push({ name, isHidden, cells, merges, comments, ...(await readDrawings(parts, related)) });
  }
  const written = writeSheets(sheets, limits);
  return { ...written, mediaType, warnings: [...written.warnings, ...formulaWarning(formulasWithoutValue)] };
}

async function readWorkbook(
  parts: XlsxParts,
  part: string,
): Promise<{ readonly sheets: readonly ListedSheet[]; readonly is1904: boolean }> {
  const sheets: ListedSheet[] = [];
  let is1904 = false;
  const isThere = await parts.read(part, {
    open: (name, attributes) => {
      if (name === "s:workbookPr") is1904 = attributes.date1904 === "1" || attributes.date1904 === "true";
      if (name !== "s:sheet") return;
      const { name: title = "", state = "visible" } = attributes;
      sheets.push({ name: title, relation: attributes["r:id"] ?? "", isHidden: state !== "visible" });
    },
  });
  if (!isThere) throw malformedXlsx("workbook");
  return { sheets, is1904 };
}

function formulaWarning(count: number): readonly ParseWarning[] {
  if (count === 0) return [];
  const message = `${count} cells have a formula without a stored value: open and save the file in a spreadsheet program`;
  return [{ code: "formula_without_value", message }];
}
