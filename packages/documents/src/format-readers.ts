import type { FormatReader } from "@larder/text-blocks";
import { officeReaders } from "./office-format-readers.ts";
import { sheetReaders } from "./sheet-format-readers.ts";
import { programMediaTypes } from "./text-names.ts";

type Loading<Source extends Uint8Array | string> = () => Promise<FormatReader<Source>>;

/**
 * Who reads bytes of which media type. A reader is loaded when its first document comes, so that a child for texts
 * starts without the rest. What is not here is `DOCUMENT_UNSUPPORTED`. Formats that are text but say themselves how
 * their parts are encoded are here too.
 */
export const binaryReaders: ReadonlyMap<string, Loading<Uint8Array>> = new Map<string, Loading<Uint8Array>>([
  ["application/pdf", async () => (await import("@larder/pdf-reader")).readPdf],
  ["message/rfc822", async () => (await import("@larder/text-readers")).readMail],
  ["application/mbox", async () => (await import("@larder/text-readers")).readMailbox],
  ...officeReaders,
  ...sheetReaders,
]);

/** The same for formats that are text: their reader gets it decoded and clean. */
export const textReaders: ReadonlyMap<string, Loading<string>> = new Map<string, Loading<string>>([
  ["text/plain", async () => (await import("@larder/text-readers")).readPlainText],
  ["text/markdown", async () => (await import("@larder/text-readers")).readMarkdown],
  ["text/csv", async () => (await import("@larder/text-readers")).readDelimited],
  ["text/html", async () => (await import("@larder/text-readers")).readHtml],
  ["text/x-rst", async () => (await import("@larder/text-readers")).readRestructuredText],
  ["text/org", async () => (await import("@larder/text-readers")).readOrg],
  ["text/asciidoc", async () => (await import("@larder/text-readers")).readAsciidoc],
  ["application/json", async () => (await import("@larder/text-readers")).readJson],
  ["application/jsonl", async () => (await import("@larder/text-readers")).readJsonLines],
  ["application/x-ipynb+json", async () => (await import("@larder/text-readers")).readNotebook],
  ["application/xml", async () => (await import("@larder/text-readers")).readXml],
  ...programMediaTypes.map((mediaType): [string, Loading<string>] => [
    mediaType,
    async () => (await import("@larder/text-readers")).sourceCodeReader(mediaType),
  ]),
]);
