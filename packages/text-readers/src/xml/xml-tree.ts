import { LarderError } from "@larder/contracts";
import type { ParseLimits } from "@larder/text-blocks";
import { refuseLongText } from "@larder/text-blocks";
import { Parser } from "htmlparser2";

/** One element of an XML document. Names are without their namespace prefix and in lower case. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  children: (XmlElement | string)[];
  /** Whether a person wrote it to be read, rather than a program to be stored. */
  isProse: boolean;
}

/** The parser is fed in pieces, so that what it buffers stays small. */
const pieceCharacters = 64 * 1024;

/** Each open and close costs as much as there are open elements. Far above what documents have. */
const depthMax = 512;

/** An element's own text from here on is prose. Chosen arbitrarily. */
const proseCharactersMin = 200;

const proseNames: ReadonlySet<string> = new Set("abstract claim-text p para simpara title-group".split(" "));

/**
 * The tree of an XML document, without comments and processing instructions. Nothing is fetched; entities are the five
 * of XML and characters by number. A document type that declares entities is refused.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED` with `problem`; `DOCUMENT_TOO_LARGE`
 */
export function readXmlTree(xml: string, limits: ParseLimits): XmlElement {
  refuseEntityDeclarations(xml);
  const root: XmlElement = { name: "", attributes: noAttributes, children: [], isProse: false };
  const open: XmlElement[] = [root];
  const names = new Map<string, string>(); // the same few names again and again: one string each
  let nodes = 0;
  let characters = 0;
  const count = (length: number): void => {
    nodes += 1;
    characters += length;
    if (nodes > limits.htmlNodesMax) {
      const { htmlNodesMax } = limits;
      throw new LarderError("DOCUMENT_TOO_LARGE", {
        details: { setting: "LARDER_PARSE_HTML_NODES_MAX", htmlNodesMax },
      });
    }
    refuseLongText(characters, 2 * limits.textCharactersMax); // white space between elements counts half
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        count(0);
        if (open.length > depthMax) throw malformed("nested too deeply");
        const known = names.get(name) ?? localName(name);
        names.set(name, known);
        const own = Object.keys(attributes).length === 0 ? noAttributes : attributes;
        const element: XmlElement = { name: known, attributes: own, children: [], isProse: false };
        open.at(-1)?.children.push(element);
        open.push(element);
      },
      onclosetag() {
        const closed = open.pop();
        if (closed === undefined || closed === root) throw malformed("an end tag without a start tag");
        closed.children = closed.children.slice(); // without the room that an array keeps for growing
        closed.isProse = isProse(closed);
        if (closed.isProse) for (const around of open.slice(-1)) around.isProse = true;
      },
      ontext(text) {
        count(text.length);
        const inside = open.at(-1);
        const last = inside?.children.at(-1);
        if (inside === undefined) return;
        if (typeof last === "string") inside.children[inside.children.length - 1] = last + text;
        else inside.children.push(text);
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  for (let at = 0; at < xml.length; at += pieceCharacters) parser.write(xml.slice(at, at + pieceCharacters));
  parser.end();
  return root;
}

const noAttributes: XmlElement["attributes"] = {};

function isProse({ name, children, isProse: hasProse }: XmlElement): boolean {
  if (hasProse || proseNames.has(name)) return true;
  const ownText = children.reduce((sum, child) => sum + (typeof child === "string" ? child.trim().length : 0), 0);
  return ownText >= proseCharactersMin || (ownText > 0 && children.some((child) => typeof child !== "string"));
}

/** Without expanding them, entities of a document's own are holes in its text; expanded, they are bombs. */
function refuseEntityDeclarations(xml: string): void {
  const start = /<!DOCTYPE\s/iu.exec(xml.slice(0, 64 * 1024))?.index;
  if (start === undefined) return;
  const tagEnd = xml.indexOf(">", start);
  const subset = xml.indexOf("[", start);
  if (subset < 0 || subset > tagEnd) return;
  const subsetEnd = xml.indexOf("]", subset);
  if (/<!ENTITY\s|%[\w.:-]+;/iu.test(xml.slice(subset, subsetEnd < 0 ? xml.length : subsetEnd))) {
    throw malformed("entity declarations are not read");
  }
}

function malformed(problem: string): LarderError {
  return new LarderError("DOCUMENT_MALFORMED", { details: { mediaType: "application/xml", problem } });
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1).toLowerCase();
}
