import type { XmlHandler } from "@larder/bounded-xml";
import { readXml } from "@larder/bounded-xml";
import type { ZipArchive } from "@larder/bounded-zip";
import { LarderError } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";
import { toHeadingTitle } from "@larder/text-blocks";
import { resolvePart } from "../opc/resolve-part.ts";

const prefixes: Readonly<Record<string, string>> = {
  "urn:oasis:names:tc:opendocument:xmlns:container": "con",
  "http://www.idpf.org/2007/opf": "opf",
  "http://openebook.org/namespaces/oeb-package/1.0/": "opf",
  "http://purl.org/dc/elements/1.1/": "dc",
  "http://www.w3.org/2001/04/xmlenc#": "enc",
};

export interface EpubPackage {
  readonly title: string | undefined;
  /** Paths of the chapters in reading order. */
  readonly chapters: readonly string[];
}

/**
 * The reading order of a book, without the page that only lists its chapters.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED` for a book without a package
 */
export async function readEpubPackage(archive: ZipArchive, limits: ParseLimits): Promise<EpubPackage> {
  const packagePath = await readPackagePath(archive, limits);
  const items = new Map<string, string>();
  const order: string[] = [];
  let title = "";
  let isTitle = false;
  const folder = packagePath.slice(0, packagePath.lastIndexOf("/") + 1);
  const isThere = await readEpubPart(archive, packagePath, limits, {
    open: (name, { id = "", href = "", properties = "", idref, "media-type": type = "" }) => {
      isTitle = name === "dc:title" && title === "";
      const isChapter = /^(?:application\/xhtml\+xml|text\/html|text\/x-oeb1-document)$/u.test(type);
      if (name === "opf:item" && isChapter && !properties.split(" ").includes("nav")) {
        items.set(id, resolvePart(folder, decodePath(href)));
      }
      if (name === "opf:itemref" && idref !== undefined) order.push(idref);
    },
    text: (text) => {
      if (isTitle && title.length < 1_000) title += text;
    },
    close: () => {
      isTitle = false;
    },
  });
  if (!isThere) throw missingPart();
  const chapters = [...new Set(order)].map((id) => items.get(id)).filter((path) => path !== undefined);
  const line = toHeadingTitle(title);
  return { title: line === "" ? undefined : line, chapters };
}

/** Paths of the parts that are encrypted to protect the book; fonts that are only scrambled are none of them. */
export async function encryptedParts(archive: ZipArchive, limits: ParseLimits): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  await readEpubPart(archive, "META-INF/encryption.xml", limits, {
    open: (name, { URI: path }) => {
      if (name === "enc:CipherReference" && path !== undefined) found.add(resolvePart("", decodePath(path)));
    },
  });
  return found;
}

async function readPackagePath(archive: ZipArchive, limits: ParseLimits): Promise<string> {
  let path: string | undefined;
  await readEpubPart(archive, "META-INF/container.xml", limits, {
    open: (name, { "full-path": fullPath }) => {
      if (name === "con:rootfile") path ??= fullPath;
    },
  });
  if (path === undefined) throw missingPart();
  return resolvePart("", path);
}

async function readEpubPart(
  archive: ZipArchive,
  name: string,
  { xmlDepthMax }: ParseLimits,
  handler: XmlHandler,
): Promise<boolean> {
  const entry = archive.find(name);
  if (entry === undefined) return false;
  await readXml(archive.stream(entry), handler, { xmlDepthMax, prefixes });
  return true;
}

function decodePath(href: string): string {
  const path = href.replace(/[#?].*$/su, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a name with a percent sign of its own
  }
}

function missingPart(): LarderError {
  return new LarderError("DOCUMENT_MALFORMED", { details: { container: "epub", problem: "missing_part" } });
}
