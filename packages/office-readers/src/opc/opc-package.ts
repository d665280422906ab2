import type { XmlHandler } from "@larder/bounded-xml";
import { readXml } from "@larder/bounded-xml";
import type { ZipArchive } from "@larder/bounded-zip";
import { openZip } from "@larder/bounded-zip";
import { LarderError } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";
import { toHeadingTitle } from "@larder/text-blocks";
import { officePrefixes } from "./office-namespaces.ts";

/** A link from one part of a package to another, or to somewhere outside, where nobody ever looks. */
export interface OpcRelationship {
  /** The last word of the type's address: `styles`, `slide`, `notesSlide`. */
  readonly type: string;
  /** Path of the part; `undefined` outside of the package. */
  readonly part: string | undefined;
}

/** A document of Office Open XML: parts of XML in an archive, tied by relationships. */
export class OpcPackage {
  readonly #archive: ZipArchive;
  readonly #limits: ParseLimits;

  constructor(bytes: Uint8Array, limits: ParseLimits) {
    this.#archive = openZip(bytes, limits);
    this.#limits = limits;
  }

  /**
   * Reads a part as events and says whether it is there.
   *
   * @throws {@link LarderError} as of a damaged or too large archive or XML document
   */
  async readPart(part: string, handler: XmlHandler): Promise<boolean> {
    const entry = this.#archive.find(part);
    if (entry === undefined) return false;
    await readXml(this.#archive.stream(entry), handler, {
      xmlDepthMax: this.#limits.xmlDepthMax,
      prefixes: officePrefixes,
    });
    return true;
  }

  /** Of a part, by id; of the whole package for `""`. */
  async relationships(part: string): Promise<ReadonlyMap<string, OpcRelationship>> {
    const folder = part.slice(0, part.lastIndexOf("/") + 1);
    const found = new Map<string, OpcRelationship>();
    await this.readPart(`${folder}_rels/${part.slice(folder.length)}.rels`, {
      open(name, { Id: id, Type: type = "", Target: target = "", TargetMode: mode }) {
        if (name !== "rel:Relationship" || id === undefined) return;
        const isInside = mode !== "External";
        found.set(id, {
          type: type.slice(type.lastIndexOf("/") + 1),
          part: isInside ? resolvePart(folder, target) : undefined,
        });
      },
    });
    return found;
  }

  /**
   * Path of the part that the package is about.
   *
   * @throws {@link LarderError} `DOCUMENT_MALFORMED` when there is none
   */
  async mainPart(usual: string): Promise<string> {
    const links = await this.relationships("");
    const part = [...links.values()].find(({ type }) => type === "officeDocument")?.part ?? usual;
    if (this.#archive.find(part) === undefined) throw missingPart();
    return part;
  }

  /** The title that the author gave in the document's properties. */
  async title(): Promise<string | undefined> {
    let isTitle = false;
    let title = "";
    await this.readPart("docProps/core.xml", {
      open: (name) => {
        isTitle = name === "dc:title";
      },
      text: (text) => {
        if (isTitle && title.length < 1_000) title += text;
      },
      close: () => {
        isTitle = false;
      },
    });
    const line = toHeadingTitle(title);
    return line === "" ? undefined : line;
  }
}

/** `problem` is `missing_part`: the archive is whole, but what it should hold is not in it. */
export function missingPart(): LarderError {
  return new LarderError("DOCUMENT_MALFORMED", { details: { container: "office", problem: "missing_part" } });
}

/** `..` stops at the top, so no target leads out of the package. */
export function resolvePart(folder: string, target: string): string {
  const parts: string[] = [];
  for (const part of (target.startsWith("/") ? target : folder + target).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
