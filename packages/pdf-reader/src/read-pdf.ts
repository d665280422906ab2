import type { PageSpan, ParsedDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ParseLimits, ReadContext } from "@larder/text-blocks";
import {
  BlockWriter,
  HeadingPath,
  hasVisibleCharacter,
  markdownTable,
  normaliseText,
  refuseLongText,
  toHeadingTitle,
} from "@larder/text-blocks";
import { readPdfFonts } from "./heading-fonts.ts";
import { joinLines, vocabularyOf } from "./join-lines.ts";
import type { PdfDocument } from "./open-pdf.ts";
import { openPdf, readPdfTitle } from "./open-pdf.ts";
import { removePageFurniture } from "./page-furniture.ts";
import { pageWarnings } from "./page-warnings.ts";
import type { PdfParagraph } from "./pdf-paragraphs.ts";
import { toPdfParagraphs } from "./pdf-paragraphs.ts";
import type { PdfPage } from "./read-pdf-page.ts";
import { readPdfPage } from "./read-pdf-page.ts";

const mediaType = "application/pdf";

/**
 * Text of a PDF page by page, in reading order, without running heads and page numbers. Blocks end with their page.
 *
 * @throws {@link LarderError} `DOCUMENT_ENCRYPTED` unless the empty password opens it, `DOCUMENT_MALFORMED`,
 * `DOCUMENT_NO_TEXT` when no page has a text layer, `DOCUMENT_TOO_LARGE` above the limits of pages or text
 */
export async function readPdf(bytes: Uint8Array, { limits }: ReadContext): Promise<ParsedDocument> {
  const document = await openPdf(bytes);
  try {
    if (document.numPages > limits.pagesMax) {
      throw new LarderError("DOCUMENT_TOO_LARGE", {
        details: { setting: "LARDER_PARSE_PAGES_MAX", pagesMax: limits.pagesMax, pages: document.numPages },
      });
    }
    const title = await readPdfTitle(document);
    return toDocument(await readPages(document, limits), title, limits);
  } finally {
    await document.destroy().catch(() => undefined); // a reader that failed has nothing left to free
  }
}

/** pdf.js keeps every page's objects until it is told not to. Often enough for flat memory, rarely enough for speed. */
const pagesPerCleanup = 50;

/** Each page in order; `undefined` for one that cannot be read. */
async function readPages(document: PdfDocument, limits: ParseLimits): Promise<readonly (PdfPage | undefined)[]> {
  const pages: (PdfPage | undefined)[] = [];
  let characters = 0;
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await readPdfPage(document, number).catch(() => undefined); // told as a warning; other pages stand
    for (const row of page?.rows ?? []) characters += row.text.length + 1;
    refuseLongText(characters, limits.textCharactersMax);
    pages.push(page);
    if (number % pagesPerCleanup === 0) await document.cleanup();
  }
  return pages;
}

function toDocument(
  pages: readonly (PdfPage | undefined)[],
  metadataTitle: string | undefined,
  limits: ParseLimits,
): ParsedDocument {
  const rowsByPage = removePageFurniture(pages);
  const fonts = readPdfFonts(rowsByPage);
  const vocabulary = vocabularyOf(rowsByPage.flat().map(({ text }) => text));
  const writer = new BlockWriter(limits.textCharactersMax);
  const path = new HeadingPath();
  const spans: PageSpan[] = [];
  let firstHeading: string | undefined;
  rowsByPage.forEach((rows, index) => {
    const blocksBefore = writer.blocks.length;
    for (const paragraph of toPdfParagraphs(rows, fonts)) {
      const heading = writeParagraph(paragraph, vocabulary, writer, path);
      if (index === 0 && paragraph.headingLevel === 1) firstHeading ??= heading;
    }
    const start = writer.blocks[blocksBefore]?.start ?? writer.length;
    spans.push({ page: index + 1, start, end: writer.length });
  });
  const text = writer.toString();
  if (!hasVisibleCharacter(text)) {
    const isDamaged = pages.every((page) => page === undefined);
    const details = { mediaType, pages: pages.length };
    throw new LarderError(isDamaged ? "DOCUMENT_MALFORMED" : "DOCUMENT_NO_TEXT", { details });
  }
  const title = metadataTitle ?? firstHeading;
  const { blocks } = writer;
  return {
    text,
    mediaType,
    blocks,
    pages: spans,
    warnings: pageWarnings(pages),
    ...(title === undefined ? {} : { title }),
  };
}

/** Returns the title that a heading opens. */
function writeParagraph(
  { kind, lines, headingLevel, rows, columns }: PdfParagraph,
  vocabulary: ReadonlySet<string>,
  writer: BlockWriter,
  path: HeadingPath,
): string | undefined {
  if (rows !== undefined) {
    writer.write("table", markdownTable(rows), path.titles, "\n\n", columns?.map(toColumnName));
    return undefined;
  }
  const { text } = normaliseText(kind === "code" ? lines.join("\n") : joinLines(lines, vocabulary));
  if (headingLevel !== undefined) path.enter(headingLevel, text);
  writer.write(kind, text, path.titles, kind === "list_item" ? "\n" : "\n\n");
  return headingLevel === undefined ? undefined : toHeadingTitle(text);
}

function toColumnName(header: string): string {
  return normaliseText(header.replace(/\s+/gu, " ")).text;
}
