import { LarderError } from "@larder/contracts";
import type { SaxesAttributeNS } from "saxes";
import { SaxesParser } from "saxes";
import { decodeXml, malformedXml } from "./decode-xml.ts";

/** Values by name, with the prefix that {@link XmlOptions.prefixes} gives to the name's namespace. Has no prototype. */
export type XmlAttributes = Readonly<Record<string, string | undefined>>;

/** Opens and closes are balanced. The text of one element may come in several pieces. */
export interface XmlHandler {
  open?(name: string, attributes: XmlAttributes): void;
  close?(name: string): void;
  text?(text: string): void;
}

export interface XmlOptions {
  /** Most elements open at the same time. */
  readonly xmlDepthMax: number;
  /**
   * Prefixes by namespace, so that names do not depend on those that a document chose: `w:p` is a paragraph however it
   * is written there. Names in a namespace not listed here begin with `?:`, names in none have no prefix.
   */
  readonly prefixes?: Readonly<Record<string, string>>;
}

/** Longest tag, text or comment in UTF-16 code units: what the parser must hold at once. Chosen arbitrarily. */
const tokenCharactersMax = 4 * 1024 * 1024;
/** Fed in pieces of this size, so that the length of a token is noticed in time. */
const pieceCharacters = 64 * 1024;

/**
 * Reads a well-formed document as events. Entities are the five of XML and numbered characters. A document type that
 * declares anything is refused, one that names an external file is passed over: nothing is ever fetched.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED` with `problem`; `DOCUMENT_TOO_LARGE` above the limit of depth or for a
 * tag or text above 4 Mi characters. What the handler throws is passed on.
 */
export async function readXml(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  handler: XmlHandler,
  options: XmlOptions,
): Promise<void> {
  const parser = new XmlEvents(handler, options);
  for await (const text of decodeXml(source instanceof Uint8Array ? [source] : source)) {
    for (let at = 0; at < text.length; at += pieceCharacters) parser.write(text.slice(at, at + pieceCharacters));
  }
  parser.end();
}

class XmlEvents {
  readonly #parser = new SaxesParser<{ xmlns: true }>({ xmlns: true });
  #depth = 0;
  /** Since the last event. */
  #tokenCharacters = 0;
  #hasBegun = false;

  constructor(handler: XmlHandler, { xmlDepthMax, prefixes = {} }: XmlOptions) {
    const parser = this.#parser;
    const prefixOf = new Map(Object.entries(prefixes));
    const name = (uri: string, local: string): string => (uri === "" ? local : `${prefixOf.get(uri) ?? "?"}:${local}`);
    // Without a prototype: `&constructor;` would find the one of all objects.
    parser.ENTITIES = Object.assign(Object.create(null), { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" });
    parser.on("error", (cause) => {
      throw malformedXml("syntax", cause);
    });
    parser.on("doctype", (declaration) => {
      if (declaration.includes("[")) throw malformedXml("document_type");
      this.#tokenCharacters = 0;
    });
    parser.on("opentag", (tag) => {
      this.#depth += 1;
      if (this.#depth > xmlDepthMax) throw tooDeep(xmlDepthMax);
      this.#tokenCharacters = 0;
      handler.open?.(name(tag.uri, tag.local), toAttributes(tag.attributes, name));
    });
    parser.on("closetag", (tag) => {
      this.#depth -= 1;
      this.#tokenCharacters = 0;
      handler.close?.(name(tag.uri, tag.local));
    });
    const text = (piece: string): void => {
      this.#tokenCharacters = 0;
      if (this.#depth > 0) handler.text?.(piece); // blank lines around the outermost element are none of its text
    };
    parser.on("text", text);
    parser.on("cdata", text);
    const pass = (): void => {
      this.#tokenCharacters = 0;
    };
    parser.on("comment", pass);
    parser.on("processinginstruction", pass);
  }

  write(text: string): void {
    const piece = this.#hasBegun ? text : text.replace(/^\uFEFF?\s+/u, ""); // some programs begin with a blank line
    this.#hasBegun = this.#hasBegun || piece !== "";
    this.#parser.write(piece);
    this.#tokenCharacters += piece.length;
    if (this.#tokenCharacters > tokenCharactersMax) {
      throw new LarderError("DOCUMENT_TOO_LARGE", { details: { container: "xml", tokenCharactersMax } });
    }
  }

  end(): void {
    this.#parser.close();
  }
}

function toAttributes(
  found: Record<string, SaxesAttributeNS>,
  name: (uri: string, local: string) => string,
): XmlAttributes {
  const attributes: Record<string, string> = Object.create(null);
  for (const key in found) {
    const { uri, local, value } = found[key] as SaxesAttributeNS;
    attributes[name(uri, local)] = value;
  }
  return attributes;
}

function tooDeep(xmlDepthMax: number): LarderError {
  return new LarderError("DOCUMENT_TOO_LARGE", { details: { setting: "LARDER_PARSE_XML_DEPTH_MAX", xmlDepthMax } });
}
