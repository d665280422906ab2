import { inColumnOrder } from "./column-order.ts";
import type { PdfDocument } from "./open-pdf.ts";
import type { PageRows } from "./page-furniture.ts";
import type { PdfFont } from "./pdf-font.ts";
import { isUnmapped, toPdfFont } from "./pdf-font.ts";
import { toPdfLines } from "./pdf-lines.ts";
import { readPdfRuns, toUprightView } from "./pdf-operators.ts";
import { toPdfRows } from "./pdf-rows.ts";
import type { PdfRun } from "./pdf-runs.ts";
import { placeFields } from "./place-fields.ts";

export interface PdfPage extends PageRows {
  /** Characters that are not in the rows since nobody sees them on the page. */
  readonly unseenCharacters: number;
  /** Characters in the rows that are white on white. */
  readonly whiteCharacters: number;
  /** Glyphs that are not in the rows since their font does not say which characters they are. */
  readonly unmappedGlyphs: number;
}

/** Text of one page, from 1; frees what pdf.js holds of it. */
export async function readPdfPage(document: PdfDocument, number: number): Promise<PdfPage> {
  const page = await document.getPage(number);
  try {
    const { fnArray: operators, argsArray: operands } = await page.getOperatorList();
    const fonts = new Map<string, PdfFont>();
    const fontOf = (id: string): PdfFont | undefined => {
      let font = fonts.get(id);
      if (font === undefined && page.commonObjs.has(id)) {
        font = toPdfFont(page.commonObjs.get(id));
        fonts.set(id, font);
      }
      return font;
    };
    const runs = readPdfRuns({ operators, operands, fontOf, view: page.view, rotate: page.rotate });
    const unmapped = [...fonts.values()].filter(isUnmapped);
    const [, bottom, , top] = toUprightView(page.view, page.rotate);
    const unmappedGlyphs = unmapped.reduce((sum, { tally }) => sum + tally.shown, 0);
    return { ...toPage(runs), unmappedGlyphs, bottom, top };
  } finally {
    page.cleanup();
  }
}

function toPage(runs: readonly PdfRun[]): Pick<PdfPage, "rows" | "unseenCharacters" | "whiteCharacters"> {
  const readable = runs.filter(({ font }) => !isUnmapped(font));
  const isScan = isMostlyInvisible(readable);
  const isSeen = ({ unseen }: PdfRun): boolean =>
    unseen === undefined || unseen === "white" || (unseen === "invisible" && isScan);
  const seen = readable.filter(isSeen);
  const content = seen.filter(({ isAnnotation }) => !isAnnotation);
  const fields = seen.filter(({ isAnnotation }) => isAnnotation);
  return {
    rows: toPdfRows(placeFields(inColumnOrder(toPdfLines(content)), toPdfLines(fields))),
    unseenCharacters: countCharacters(readable.filter((run) => !isSeen(run))),
    whiteCharacters: countCharacters(seen.filter(({ unseen }) => unseen === "white")),
  };
}

/** Invisible text over a scan is what was recognised in it; beside visible text it is hidden. */
function isMostlyInvisible(runs: readonly PdfRun[]): boolean {
  const invisible = countCharacters(runs.filter(({ unseen }) => unseen === "invisible"));
  return invisible > countCharacters(runs) / 2;
}

function countCharacters(runs: readonly PdfRun[]): number {
  return runs.reduce((sum, { text }) => sum + text.length, 0);
}
