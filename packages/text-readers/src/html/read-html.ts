import type { ParsedDocument, ParseWarning } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ParseLimits, ReadContext } from "@larder/text-blocks";
import { BlockWriter, HeadingPath, refuseLongText, toHeadingTitle } from "@larder/text-blocks";
import { DepthCappedParser } from "./depth-capped-parser.ts";
import type { FoundBlock } from "./html-blocks.ts";
import { HtmlBlocks } from "./html-blocks.ts";

/** The parser is fed in pieces, so that what it buffers stays small. */
const pieceCharacters = 64 * 1024;

/** `<main>` stands for the page when it holds this share of its text. Chosen arbitrarily. */
const mainShareMin = 0.3;

/**
 * The readable text of a web page: headings, paragraphs, list items (`- `, `1. `), tables as Markdown and preformatted
 * text. Scripts, styles and what is hidden are dropped (the latter with the warning `hidden_text`), navigation and the
 * like unless nothing else is there. The title is `<title>`, else the first heading of level 1.
 *
 * @throws {@link LarderError} `DOCUMENT_TOO_LARGE` above the limits of text or nodes
 */
export function readHtml(html: string, { limits }: ReadContext): ParsedDocument {
  const found = new HtmlBlocks();
  let nodes = 0;
  let characters = 0;
  const countNode = (length: number): void => {
    nodes += 1;
    characters += length;
    if (nodes > limits.htmlNodesMax) throw tooManyNodes(limits);
    refuseLongText(characters, 2 * limits.textCharactersMax); // what may still be dropped or collapsed counts half
  };
  const parser = new DepthCappedParser({
    onopentag(name, attributes) {
      countNode(0);
      found.openElement(name, attributes);
    },
    onclosetag: (name) => found.closeElement(name),
    ontext(text) {
      if (!found.isDropping) countNode(text.length);
      found.addText(text);
    },
  });
  for (let at = 0; at < html.length; at += pieceCharacters) parser.write(html.slice(at, at + pieceCharacters));
  parser.end();
  found.finish();
  return toDocument(found, limits);
}

function tooManyNodes({ htmlNodesMax }: ParseLimits): LarderError {
  return new LarderError("DOCUMENT_TOO_LARGE", {
    details: { setting: "LARDER_PARSE_HTML_NODES_MAX", htmlNodesMax },
  });
}

function toDocument(found: HtmlBlocks, limits: ParseLimits): ParsedDocument {
  const writer = new BlockWriter(limits.textCharactersMax);
  const path = new HeadingPath();
  let firstHeading: string | undefined;
  for (const { kind, text, level, separator, columns } of readableBlocks(found.blocks)) {
    if (level !== undefined) {
      path.enter(level, text);
      if (level === 1) firstHeading ??= toHeadingTitle(text);
    }
    writer.write(kind, text, path.titles, separator, columns);
  }
  const title = found.title === "" ? firstHeading : found.title;
  return {
    text: writer.toString(),
    mediaType: "text/html",
    blocks: writer.blocks,
    pages: [],
    warnings: warningsOf(found),
    ...(title === undefined ? {} : { title }),
  };
}

function warningsOf({ isTooDeep, hiddenCharacters }: HtmlBlocks): readonly ParseWarning[] {
  const warnings: ParseWarning[] = [];
  if (isTooDeep) {
    warnings.push({ code: "nesting_capped", message: "elements nested too deeply were read as plain text" });
  }
  if (hiddenCharacters > 0) {
    const message = `${hiddenCharacters} characters that the page hides from its readers were left out`;
    warnings.push({ code: "hidden_text", message });
  }
  return warnings;
}

function readableBlocks(blocks: readonly FoundBlock[]): readonly FoundBlock[] {
  const proper = blocks.filter((block) => block.area !== "boilerplate");
  if (proper.length === 0) return blocks;
  const main = proper.filter((block) => block.area === "main");
  return charactersOf(main) >= mainShareMin * charactersOf(proper) ? main : proper;
}

function charactersOf(blocks: readonly FoundBlock[]): number {
  return blocks.reduce((sum, block) => sum + block.text.length, 0);
}
