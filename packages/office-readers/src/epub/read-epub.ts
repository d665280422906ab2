import { openZip } from "@larder/bounded-zip";
import { LarderError } from "@larder/contracts";
import type { FormatReader } from "@larder/text-blocks";
import { DocumentText } from "../document-text.ts";
import { decodeChapter } from "./decode-chapter.ts";
import { encryptedParts, readEpubPackage } from "./epub-package.ts";

/**
 * A reader of books: chapters in reading order, each read by `readHtml`. Chapters that the package names but that are
 * not there are told as a warning.
 *
 * @throws {@link LarderError} `DOCUMENT_ENCRYPTED` for a protected book, `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE`
 */
export function createEpubReader(readHtml: FormatReader<string>): FormatReader<Uint8Array> {
  return async (bytes, context) => {
    const { limits } = context;
    const archive = openZip(bytes, limits);
    const { title, chapters } = await readEpubPackage(archive, limits);
    const encrypted = await encryptedParts(archive, limits);
    const text = new DocumentText(limits);
    let missing = 0;
    for (const path of chapters) {
      if (encrypted.has(path)) throw new LarderError("DOCUMENT_ENCRYPTED", { details: { container: "epub" } });
      const entry = archive.find(path);
      if (entry === undefined) missing += 1;
      else text.addDocument(await readHtml(decodeChapter(await archive.read(entry)), context));
    }
    if (missing > 0) text.warn("part_not_read", `${missing} chapters are missing from the file`);
    return text.finish("application/epub+zip", title);
  };
}
