import type { PageSpan, ParsedDocument, ParseWarning } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ParseLimits, ReadContext } from "@larder/text-blocks";
import { BlockWriter, HeadingPath, hasVisibleCharacter, refuseLongText, toHeadingTitle } from "@larder/text-blocks";
import { getDocumentProxy } from "unpdf";
import { joinLines, vocabularyOf } from "./join-lines.ts";
import { readPdfFonts } from "./pdf-fonts.ts";
import type { PdfItem, PdfLine } from "./pdf-lines.ts";
import { toPdfLines } from "./pdf-lines.ts";
import { toPdfParagraphs } from "./pdf-paragraphs.ts";

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

/** Nothing is fetched, no script runs, no font of the machine is looked for; pdf.js stays silent. */
const readerOptions = {
  isEvalSupported: false,
  useSystemFonts: false,
  disableFontFace: true,
  useWorkerFetch: false,
  enableXfa: false,
  stopAtErrors: false,
  verbosity: 0,
} as const;

/**
 * Text of a PDF page by page, in the order in which each page draws it. Blocks end with their page.
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
    const title = await readTitle(document);
    return toDocument(await readPages(document, limits), title, limits);
  } finally {
    await document.destroy().catch(() => undefined); // a reader that failed has nothing left to free
  }
}

async function openPdf(bytes: Uint8Array): Promise<PdfDocument> {
  try {
    return await getDocumentProxy(Uint8Array.from(bytes), readerOptions); // a copy: the reader takes the bytes away
  } catch (cause) {
    const isEncrypted = cause instanceof Error && cause.name === "PasswordException";
    throw new LarderError(isEncrypted ? "DOCUMENT_ENCRYPTED" : "DOCUMENT_MALFORMED", {
      details: { mediaType: "application/pdf" },
      cause,
    });
  }
}

/** Lines of each page; `undefined` for a page that cannot be read. */
async function readPages(
  document: PdfDocument,
  limits: ParseLimits,
): Promise<readonly (readonly PdfLine[] | undefined)[]> {
  const pages: (readonly PdfLine[] | undefined)[] = [];
  let characters = 0;
  for (let number = 1; number <= document.numPages; number += 1) {
    const lines = await readPage(document, number);
    for (const line of lines ?? []) characters += line.text.length + 1;
    refuseLongText(characters, limits.textCharactersMax);
    pages.push(lines);
  }
  return pages;
}

async function readPage(document: PdfDocument, number: number): Promise<readonly PdfLine[] | undefined> {
  try {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent({ includeMarkedContent: false });
    page.cleanup();
    return toPdfLines(items.filter((item): item is typeof item & PdfItem => "str" in item));
  } catch {
    return undefined; // told as a warning; the other pages stand
  }
}

async function readTitle(document: PdfDocument): Promise<string | undefined> {
  const found = await document.getMetadata().catch(() => undefined);
  const info: unknown = found?.info;
  const raw = typeof info === "object" && info !== null && "Title" in info ? info.Title : undefined;
  const title = typeof raw === "string" ? toHeadingTitle(raw.replaceAll("\0", "")) : "";
  const isLeftover =
    /^(?:untitled|\(?anonymous\)?|[^\p{L}]*|microsoft word - .*|.*\.(?:docx?|indd|tex|dvi|pages|pdf|xlsx?))$/iu.test(
      title,
    );
  return title === "" || isLeftover ? undefined : title;
}

function toDocument(
  pages: readonly (readonly PdfLine[] | undefined)[],
  metadataTitle: string | undefined,
  limits: ParseLimits,
): ParsedDocument {
  const allLines = pages.flatMap((lines) => lines ?? []);
  const fonts = readPdfFonts(allLines);
  const vocabulary = vocabularyOf(allLines.map(({ text }) => text));
  const writer = new BlockWriter(limits.textCharactersMax);
  const path = new HeadingPath();
  const spans: PageSpan[] = [];
  const warnings: ParseWarning[] = [];
  let firstHeading: string | undefined;
  pages.forEach((lines, index) => {
    const blocksBefore = writer.blocks.length;
    for (const { lines: texts, headingLevel } of toPdfParagraphs(lines ?? [], fonts)) {
      const text = joinLines(texts, vocabulary);
      if (headingLevel !== undefined) path.enter(headingLevel, text);
      if (headingLevel === 1 && index === 0) firstHeading ??= toHeadingTitle(text);
      writer.write(headingLevel === undefined ? "paragraph" : "heading", text, path.titles, "\n\n");
    }
    const start = writer.blocks[blocksBefore]?.start ?? writer.length;
    spans.push({ page: index + 1, start, end: writer.length });
    if (lines === undefined) warnings.push({ code: "page_unreadable", message: `page ${index + 1} cannot be read` });
    else if (writer.blocks.length === blocksBefore) warnings.push(noTextWarning(index + 1));
  });
  const text = writer.toString();
  if (!hasVisibleCharacter(text)) {
    const isDamaged = pages.every((lines) => lines === undefined);
    const details = { mediaType: "application/pdf", pages: pages.length };
    throw new LarderError(isDamaged ? "DOCUMENT_MALFORMED" : "DOCUMENT_NO_TEXT", { details });
  }
  const title = metadataTitle ?? firstHeading;
  const { blocks } = writer;
  return {
    text,
    mediaType: "application/pdf",
    blocks,
    pages: spans,
    warnings,
    ...(title === undefined ? {} : { title }),
  };
}

function noTextWarning(page: number): ParseWarning {
  return { code: "page_without_text", message: `page ${page} has no text: scanned?` };
}
