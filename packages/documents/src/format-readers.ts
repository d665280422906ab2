import type { FormatReader } from "@larder/text-blocks";
import { officeReaders } from "./office-format-readers.ts";

type Loading<Source extends Uint8Array | string> = () => Promise<FormatReader<Source>>;

/**
 * Who reads bytes of which media type. A reader is loaded when its first document comes, so that a child for texts
 * starts without the rest. What is not here is `DOCUMENT_UNSUPPORTED`.
 */
export const binaryReaders: ReadonlyMap<string, Loading<Uint8Array>> = new Map<string, Loading<Uint8Array>>([
  ["application/pdf", async () => (await import("@larder/pdf-reader")).readPdf],
  ...officeReaders,
]);

/** The same for formats that are text: their reader gets it decoded and clean. */
export const textReaders: ReadonlyMap<string, Loading<string>> = new Map<string, Loading<string>>([
  ["text/plain", async () => (await import("@larder/text-readers")).readPlainText],
  ["text/markdown", async () => (await import("@larder/text-readers")).readMarkdown],
  ["text/html", async () => (await import("@larder/text-readers")).readHtml],
]);
