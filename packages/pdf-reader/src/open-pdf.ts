import { LarderError } from "@larder/contracts";
import { toHeadingTitle } from "@larder/text-blocks";
import { getDocumentProxy } from "unpdf";
import { provideArrayBufferTransfer } from "./array-buffer-transfer.ts";

export type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

/** Nothing is fetched, no script runs, no image is decoded, no font of the machine is looked for; pdf.js stays silent. */
const readerOptions = {
  isEvalSupported: false,
  useSystemFonts: false,
  disableFontFace: false, // else every glyph's outline would be compiled
  useWorkerFetch: false,
  enableXfa: false,
  stopAtErrors: false,
  maxImageSize: 0, // in pixels; larger ones are left out before they are decoded
  isOffscreenCanvasSupported: false,
  isImageDecoderSupported: false,
  verbosity: 0,
} as const;

/** @throws {@link LarderError} `DOCUMENT_ENCRYPTED` unless the empty password opens it, `DOCUMENT_MALFORMED` */
export async function openPdf(bytes: Uint8Array): Promise<PdfDocument> {
  provideArrayBufferTransfer();
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

/** The title in the file's properties, unless it is a leftover of a program. */
export async function readPdfTitle(document: PdfDocument): Promise<string | undefined> {
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
