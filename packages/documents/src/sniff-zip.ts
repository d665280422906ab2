import type { ZipArchive } from "@larder/bounded-zip";
import { openZip } from "@larder/bounded-zip";
import type { ParseLimits } from "@larder/text-blocks";

const zip = "application/zip";
const officeOpen = "application/vnd.openxmlformats-officedocument.";

/** Main parts of Office packages whose list of content types does not name them. */
const mainParts: readonly (readonly [part: string, mediaType: string])[] = [
  ["word/document.xml", `${officeOpen}wordprocessingml.document`],
  ["ppt/presentation.xml", `${officeOpen}presentationml.presentation`],
  ["xl/workbook.xml", `${officeOpen}spreadsheetml.sheet`],
  ["META-INF/container.xml", "application/epub+zip"],
];

/** Of the content types' list; a longer one names its main part early all the same. */
const typesBytesMax = 256 * 1024;

/**
 * What an archive is by what it holds: a package of OpenDocument or EPUB names its type in its entry `mimetype`, one of
 * Office in the content type of its main part. Anything else is a plain archive.
 *
 * @throws {@link LarderError} as of a ZIP archive that is damaged, hostile or above a limit
 */
export async function sniffZip(bytes: Uint8Array, limits: ParseLimits): Promise<string> {
  const archive = openZip(bytes, limits);
  const declared = await readStart(archive, "mimetype", 100);
  if (/^application\/(?:epub\+zip|vnd\.oasis\.opendocument\.[a-z-]+)\s*$/u.test(declared)) return declared.trim();
  const types = await readStart(archive, "[Content_Types].xml", typesBytesMax);
  return mainTypeOf(types) ?? mainParts.find(([part]) => archive.find(part) !== undefined)?.[1] ?? zip;
}

const mainType =
  /["'](application\/vnd\.(?:openxmlformats-officedocument\.(?:wordprocessingml|presentationml|spreadsheetml)\.[a-z]+|ms-(?:word|excel|powerpoint)\.[a-z]+(?:\.binary)?\.macroEnabled)\.main(?:\+xml)?)["']/u;

function mainTypeOf(types: string): string | undefined {
  const found = mainType.exec(types)?.[1]?.replace(/\.main(?:\+xml)?$/u, "");
  return found?.endsWith(".macroEnabled") === true ? `${found}.12` : found;
}

async function readStart(archive: ZipArchive, name: string, bytesMax: number): Promise<string> {
  const entry = archive.find(name);
  if (entry === undefined) return "";
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of archive.stream(entry)) {
    pieces.push(piece);
    length += piece.length;
    if (length >= bytesMax) break;
  }
  return Buffer.concat(pieces).toString("utf8", 0, bytesMax);
}
