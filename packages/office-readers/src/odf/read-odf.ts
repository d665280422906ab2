import type { XmlHandler } from "@larder/bounded-xml";
import { readXml } from "@larder/bounded-xml";
import type { ZipArchive } from "@larder/bounded-zip";
import { openZip } from "@larder/bounded-zip";
import type { ParsedDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ParseLimits, ReadContext } from "@larder/text-blocks";
import { toHeadingTitle } from "@larder/text-blocks";
import { DocumentText } from "../document-text.ts";
import { OdfBody } from "./odf-body.ts";
import { odfPrefixes } from "./odf-namespaces.ts";
import { OdfStyles } from "./odf-styles.ts";

const mediaType = "application/vnd.oasis.opendocument.text";

/**
 * An OpenDocument text or presentation: headings, lists, tables, text boxes, notes (`[^1]: …`), comments (as quotes);
 * slides are pages. Deleted and hidden text is left out, the latter with a warning.
 *
 * @throws {@link LarderError} `DOCUMENT_ENCRYPTED`, `DOCUMENT_MALFORMED`, `DOCUMENT_TOO_LARGE`
 */
export async function readOdf(bytes: Uint8Array, { limits }: ReadContext): Promise<ParsedDocument> {
  const archive = openZip(bytes, limits);
  await refuseEncrypted(archive, limits);
  const styles = new OdfStyles();
  await readPart(archive, "styles.xml", styles.reader(), limits);
  await readPart(archive, "content.xml", styles.reader(), limits); // its own styles stand before its text
  const text = new DocumentText(limits);
  const isThere = await readPart(archive, "content.xml", new OdfBody(text, styles, limits.textCharactersMax), limits);
  if (!isThere) {
    throw new LarderError("DOCUMENT_MALFORMED", { details: { container: "office", problem: "missing_part" } });
  }
  return text.finish(mediaType, await readTitle(archive, limits));
}

async function readPart(archive: ZipArchive, name: string, handler: XmlHandler, limits: ParseLimits): Promise<boolean> {
  const entry = archive.find(name);
  if (entry === undefined) return false;
  await readXml(archive.stream(entry), handler, { xmlDepthMax: limits.xmlDepthMax, prefixes: odfPrefixes });
  return true;
}

/** Parts are encrypted one by one, and only the manifest says so. */
async function refuseEncrypted(archive: ZipArchive, limits: ParseLimits): Promise<void> {
  let isEncrypted = false;
  const handler: XmlHandler = {
    open: (name) => {
      if (name === "manifest:encryption-data") isEncrypted = true;
    },
  };
  await readPart(archive, "META-INF/manifest.xml", handler, limits);
  if (isEncrypted) throw new LarderError("DOCUMENT_ENCRYPTED", { details: { container: "office" } });
}

async function readTitle(archive: ZipArchive, limits: ParseLimits): Promise<string | undefined> {
  let isTitle = false;
  let title = "";
  const handler: XmlHandler = {
    open: (name) => {
      isTitle = name === "dc:title";
    },
    text: (text) => {
      if (isTitle && title.length < 1_000) title += text;
    },
    close: () => {
      isTitle = false;
    },
  };
  await readPart(archive, "meta.xml", handler, limits);
  const line = toHeadingTitle(title);
  return line === "" ? undefined : line;
}
