import { readXml } from "@larder/bounded-xml";
import type { ZipArchive } from "@larder/bounded-zip";
import { openZip } from "@larder/bounded-zip";
import type { ParsedDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ParseLimits, ReadContext } from "@larder/text-blocks";
import { writeSheets } from "../sheets/write-sheets.ts";
import { OdsContent } from "./ods-content.ts";

const mediaType = "application/vnd.oasis.opendocument.spreadsheet";

const openDocument = "urn:oasis:names:tc:opendocument:xmlns:";
const prefixes = {
  [`${openDocument}office:1.0`]: "office",
  [`${openDocument}style:1.0`]: "style",
  [`${openDocument}table:1.0`]: "table",
  [`${openDocument}text:1.0`]: "text",
  [`${openDocument}manifest:1.0`]: "manifest",
  "http://purl.org/dc/elements/1.1/": "dc",
};

/**
 * Spreadsheets of OpenDocument: the texts that their cells show, dates as `2024-01-31`. Cells and rows that a file repeats
 * are repeated only where they hold something.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_TOO_LARGE`
 */
export async function readOds(bytes: Uint8Array, { limits }: ReadContext): Promise<ParsedDocument> {
  const archive = openZip(bytes, limits);
  await refuseEncrypted(archive, limits);
  const entry = archive.find("content.xml");
  if (entry === undefined) {
    throw new LarderError("DOCUMENT_MALFORMED", { details: { container: "ods", problem: "content" } });
  }
  const content = new OdsContent(limits.textCharactersMax);
  await readXml(archive.stream(entry), content, { xmlDepthMax: limits.xmlDepthMax, prefixes });
  return { ...writeSheets(content.sheets, limits), mediaType };
}

async function refuseEncrypted(archive: ZipArchive, { xmlDepthMax }: ParseLimits): Promise<void> {
  const manifest = archive.find("META-INF/manifest.xml");
  if (manifest === undefined) return;
  await readXml(
    archive.stream(manifest),
    {
      open: (name) => {
        if (name !== "manifest:encryption-data") return;
        throw new LarderError("DOCUMENT_ENCRYPTED", { details: { container: "ods" } });
      },
    },
    { xmlDepthMax, prefixes },
  );
}
