import type { XmlHandler } from "@larder/bounded-xml";
import { readXml } from "@larder/bounded-xml";
import type { ZipArchive } from "@larder/bounded-zip";
import { LarderError } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";

/** Both forms of the standard, transitional and strict, under one prefix. */
const prefixes = {
  "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "s",
  "http://purl.oclc.org/ooxml/spreadsheetml/main": "s",
  "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
  "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
  "http://schemas.openxmlformats.org/package/2006/relationships": "p",
  "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments": "tc",
  "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
  "http://purl.oclc.org/ooxml/drawingml/main": "a",
  "http://schemas.openxmlformats.org/drawingml/2006/chart": "c",
  "http://purl.oclc.org/ooxml/drawingml/chart": "c",
};

export interface Relation {
  readonly id: string;
  /** Last part of the type's address, such as `worksheet`. */
  readonly type: string;
  /** Name of a part of the package, never an address outside. */
  readonly part: string;
}

/** Parts of a workbook's package. */
export class XlsxParts {
  readonly #archive: ZipArchive;
  readonly #limits: ParseLimits;

  constructor(archive: ZipArchive, limits: ParseLimits) {
    this.#archive = archive;
    this.#limits = limits;
  }

  /** Whether the part is there. @throws {@link LarderError} as of {@link readXml} and of the archive */
  async read(part: string, handler: XmlHandler): Promise<boolean> {
    const entry = this.#archive.find(part);
    if (entry === undefined) return false;
    await readXml(this.#archive.stream(entry), handler, { xmlDepthMax: this.#limits.xmlDepthMax, prefixes });
    return true;
  }

  /** What a part points to inside the package; links outside are left out. */
  async relationsOf(part: string): Promise<readonly Relation[]> {
    const folder = part.slice(0, part.lastIndexOf("/") + 1);
    const relations: Relation[] = [];
    await this.read(`${folder}_rels/${part.slice(folder.length)}.rels`, {
      open: (name, { Id: id, Type: type, Target: target, TargetMode: mode }) => {
        if (name !== "p:Relationship" || id === undefined || target === undefined || mode === "External") return;
        relations.push({ id, type: (type ?? "").split("/").at(-1) ?? "", part: resolvePart(folder, target) });
      },
    });
    return relations;
  }
}

function resolvePart(folder: string, target: string): string {
  const steps: string[] = [];
  for (const step of (target.startsWith("/") ? target : folder + target).split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return steps.join("/");
}

export function malformedXlsx(problem: string): LarderError {
  return new LarderError("DOCUMENT_MALFORMED", { details: { container: "xlsx", problem } });
}
