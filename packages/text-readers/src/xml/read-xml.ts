import type { ParsedDocument } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import { BlockWriter, oneLine, toHeadingTitle } from "@larder/text-blocks";
import { writeJson } from "../json/write-json.ts";
import { writeTable } from "../write-table.ts";
import { cellElements, droppedElements, flatElements, kindOf, rowElements, titleElements } from "./element-rules.ts";
import { toJsonValue } from "./xml-data.ts";
import type { XmlElement } from "./xml-tree.ts";
import { readXmlTree } from "./xml-tree.ts";

/**
 * An XML document as text in reading order. Parts that were written to be read become paragraphs under the titles of
 * their sections, whatever the vocabulary (JATS, DocBook, patents, feeds); parts that are data become lines of
 * `path: value` and tables, as those of JSON do.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED` with `problem`, `DOCUMENT_TOO_LARGE`
 */
export function readXml(xml: string, { limits }: ReadContext): ParsedDocument {
  const walk = new XmlWalk(limits.textCharactersMax);
  walk.readChildren(readXmlTree(xml, limits), []);
  const { title, writer } = walk;
  const mediaType = "application/xml";
  const found = title === undefined ? {} : { title };
  return { text: writer.toString(), mediaType, blocks: writer.blocks, pages: [], warnings: [], ...found };
}

/** Recursion is bounded by the tree's depth. */
class XmlWalk {
  readonly writer: BlockWriter;
  title: string | undefined;

  constructor(textCharactersMax: number) {
    this.writer = new BlockWriter(textCharactersMax);
  }

  /** Children that are data are written together, so that alike ones become a table. */
  readChildren(parent: XmlElement, around: readonly string[]): void {
    let headings = around;
    let data: XmlElement[] = [];
    const writeData = (): void => {
      if (data.length > 0) this.#writeData(data, headings);
      data = [];
    };
    for (const child of parent.children) {
      if (typeof child === "string" || droppedElements.has(child.name)) continue;
      if (titleElements.has(child.name)) {
        writeData();
        const title = toHeadingTitle(flatten(child));
        if (title === "") continue;
        headings = [...around, title];
        this.title ??= title;
        this.writer.write("heading", flatten(child), headings, "\n\n");
      } else if (isReadAlone(child)) {
        writeData();
        this.#readElement(child, headings);
      } else {
        data.push(child);
      }
    }
    writeData();
  }

  #readElement(element: XmlElement, headings: readonly string[]): void {
    const kind = kindOf(element.name);
    if (element.name === "table" || element.name === "tgroup") this.#writeRows(element, headings);
    else if (kind === "code") this.writer.write("code", plainText(element), headings, "\n\n");
    else if (flatElements.has(element.name)) this.writer.write(kind, flatten(element), headings, "\n\n");
    else if (isMixed(element)) this.#readMixed(element, headings);
    else this.readChildren(element, headings);
  }

  /** Text with elements in it: those that stand inside a line belong to the paragraph, others end it. */
  #readMixed(element: XmlElement, headings: readonly string[]): void {
    const kind = kindOf(element.name);
    let line: (XmlElement | string)[] = [];
    const flush = (): void => {
      this.writer.write(kind, flatten({ ...element, children: line }), headings, "\n\n");
      line = [];
    };
    for (const child of element.children) {
      if (typeof child !== "string" && droppedElements.has(child.name)) continue;
      if (typeof child === "string" || !holdsBlocks(child)) {
        line.push(child);
        continue;
      }
      flush();
      this.#readElement(child, headings);
    }
    flush();
  }

  #writeRows(table: XmlElement, headings: readonly string[]): void {
    const rows: (readonly string[])[] = [];
    const collect = (element: XmlElement): void => {
      for (const child of element.children) {
        if (typeof child === "string") continue;
        if (rowElements.has(child.name)) {
          const cells = child.children.filter((cell) => typeof cell !== "string" && cellElements.has(cell.name));
          rows.push(cells.map(flatten));
        } else {
          collect(child);
        }
      }
    };
    collect(table);
    if (rows.some((row) => row.length > 1)) writeTable(this.writer, rows, headings);
    else if (rows.length === 0) this.readChildren(table, headings);
    else for (const row of rows) this.writer.write("paragraph", row.join(" "), headings, "\n\n");
  }

  #writeData(elements: readonly XmlElement[], headings: readonly string[]): void {
    writeJson(this.writer, toJsonValue(elements), headings);
  }
}

/** Prose, or an element whose name says how it is read. */
function isReadAlone(element: XmlElement): boolean {
  return element.isProse || flatElements.has(element.name) || kindOf(element.name) !== "paragraph";
}

function isMixed({ children }: XmlElement): boolean {
  return children.some((child) => typeof child === "string" && child.trim() !== "");
}

const blockNames: ReadonlySet<string> = new Set(
  "claim-text disp-quote fig list p para sec table table-wrap tables tgroup boxed-text ol ul dl itemizedlist orderedlist".split(
    " ",
  ),
);

function holdsBlocks(element: XmlElement): boolean {
  return blockNames.has(element.name) || kindOf(element.name) !== "paragraph";
}

/** White space as it is read; elements that hold no text of their own part what is in them. */
function flatten(element: XmlElement | string): string {
  return oneLine(joined(element));
}

function joined(element: XmlElement | string): string {
  if (typeof element === "string") return element;
  const children = element.children.filter((child) => typeof child === "string" || !droppedElements.has(child.name));
  if (isMixed(element)) return children.map(joined).join("");
  return children
    .map(joined)
    .filter((text) => text.trim() !== "")
    .join(" ");
}

/** The text as it stands, for what is preformatted. */
function plainText({ children }: XmlElement): string {
  return children.map((child) => (typeof child === "string" ? child : plainText(child))).join("");
}
