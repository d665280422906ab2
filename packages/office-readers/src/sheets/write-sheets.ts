import type { PageSpan, ParsedDocument, ParseWarning } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";
import { BlockWriter, toHeadingTitle } from "@larder/text-blocks";
import type { Sheet } from "./sheet.ts";
import { SheetWriter } from "./sheet-writer.ts";

/** Text, blocks and pages of a workbook; each sheet is a heading and a page, each table in it a block. */
export type WorkbookText = Pick<ParsedDocument, "text" | "blocks" | "pages" | "warnings">;

/**
 * @throws {@link LarderError} `DOCUMENT_TOO_LARGE` for more sheets than pages or more text than allowed, before it is made
 */
export function writeSheets(sheets: readonly Sheet[], limits: ParseLimits): WorkbookText {
  if (sheets.length > limits.pagesMax) {
    throw new LarderError("DOCUMENT_TOO_LARGE", {
      details: { setting: "LARDER_PARSE_PAGES_MAX", pagesMax: limits.pagesMax },
    });
  }
  const writer = new BlockWriter(limits.textCharactersMax);
  const pages: PageSpan[] = [];
  const warnings: ParseWarning[] = [];
  sheets.forEach((sheet, index) => {
    const start = writer.length;
    new SheetWriter(sheet, writer, limits.textCharactersMax).write();
    pages.push({ page: index + 1, start, end: writer.length });
    if (sheet.isHidden && sheet.cells.size > 0) {
      warnings.push({ code: "sheet_hidden", message: `the sheet "${toHeadingTitle(sheet.name)}" is hidden` });
    }
  });
  return { text: writer.toString(), blocks: writer.blocks, pages, warnings };
}
