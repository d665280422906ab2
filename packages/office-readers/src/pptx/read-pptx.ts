import type { ParsedDocument } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ReadContext } from "@larder/text-blocks";
import type { FoundBlock } from "../document-text.ts";
import { DocumentText } from "../document-text.ts";
import type { OpcRelationship } from "../opc/opc-package.ts";
import { OpcPackage } from "../opc/opc-package.ts";
import { ChartText } from "./chart-text.ts";
import { DiagramText } from "./diagram-text.ts";
import { SlideText } from "./slide-text.ts";

const mediaType = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/**
 * A presentation slide by slide, each a page: its title as a heading, then text, tables, charts as tables and diagrams,
 * then the speaker's notes under `Notes`. Dates, footers and slide numbers are left out. Hidden slides are read, with a
 * warning.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED`, `DOCUMENT_ENCRYPTED`, `DOCUMENT_TOO_LARGE`
 */
export async function readPptx(bytes: Uint8Array, { limits }: ReadContext): Promise<ParsedDocument> {
  const opc = new OpcPackage(bytes, limits);
  const text = new DocumentText(limits);
  const slides = await slideParts(opc);
  if (slides.length > limits.pagesMax) {
    throw new LarderError("DOCUMENT_TOO_LARGE", {
      details: { setting: "LARDER_PARSE_PAGES_MAX", pagesMax: limits.pagesMax, pages: slides.length },
    });
  }
  for (const [index, part] of slides.entries()) {
    text.startPage();
    const slide = new SlideText(limits.textCharactersMax);
    const isThere = part !== undefined && (await opc.readPart(part, slide));
    if (!isThere) text.warn("page_unreadable", `slide ${index + 1} is missing from the file`);
    if (slide.isHidden) text.warn("slide_hidden", `slide ${index + 1} is hidden in the show`);
    const links = isThere ? await opc.relationships(part) : new Map<string, OpcRelationship>();
    if (slide.title !== undefined) text.add({ kind: "heading", level: 1, text: slide.title });
    for (const block of await withParts(slide, links, opc, limits.textCharactersMax)) text.add(block);
    for (const block of await readNotes(links, opc, limits.textCharactersMax)) text.add(block);
    if (isThere && !text.pageHasText) text.warn("page_without_text", `slide ${index + 1} has no text`);
  }
  return text.finish(mediaType, await opc.title());
}

/** In the order of the show; `undefined` for a slide whose part nobody names. */
async function slideParts(opc: OpcPackage): Promise<readonly (string | undefined)[]> {
  const main = await opc.mainPart("ppt/presentation.xml");
  const links = await opc.relationships(main);
  const ids: string[] = [];
  await opc.readPart(main, {
    open(name, attributes) {
      if (name === "p:sldId") ids.push(attributes["r:id"] ?? "");
    },
  });
  return ids.map((id) => links.get(id)?.part);
}

async function withParts(
  slide: SlideText,
  links: ReadonlyMap<string, OpcRelationship>,
  opc: OpcPackage,
  charactersMax: number,
): Promise<readonly FoundBlock[]> {
  const blocks: FoundBlock[] = [];
  let reached = 0;
  for (const { id, after } of slide.parts) {
    blocks.push(...slide.blocks.slice(reached, after));
    reached = after;
    const { type, part } = links.get(id) ?? {};
    if (part === undefined) continue;
    const reader = type === "chart" ? new ChartText(charactersMax) : new DiagramText(charactersMax);
    if (await opc.readPart(part, reader)) blocks.push(...reader.blocks);
  }
  return [...blocks, ...slide.blocks.slice(reached)];
}

async function readNotes(
  links: ReadonlyMap<string, OpcRelationship>,
  opc: OpcPackage,
  charactersMax: number,
): Promise<readonly FoundBlock[]> {
  const part = [...links.values()].find(({ type }) => type === "notesSlide")?.part;
  if (part === undefined) return [];
  const notes = new SlideText(charactersMax, "body");
  await opc.readPart(part, notes);
  return notes.blocks.map((block) => ({ ...block, under: "Notes" }));
}
